package dev.wattbeam.io.http;

import dev.wattbeam.model.GridKind;
import dev.wattbeam.model.GridValue;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the Carbon Intensity API of Great Britain is asked for, again and again. */
public final class CarbonFeed {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm'Z'").withZone(ZoneOffset.UTC);
  private static final Pattern REGION = Pattern.compile("region-([1-9][0-9]?)");

  private final String name;
  private final String area;
  private final String before;
  private final String after;
  private final String settledName;
  private final GridKind settledKind;

  private CarbonFeed(
      String name,
      String area,
      String before,
      String after,
      String settledName,
      GridKind settledKind) {
    this.name = name;
    this.area = area;
    this.before = before;
    this.after = after;
    this.settledName = settledName;
    this.settledKind = settledKind;
  }

  /**
   * The feed of a name: {@code national}, {@code generation}, or {@code region-1} to {@code
   * region-18}.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static CarbonFeed of(String name) {
    if (name.equals("national")) {
      return new CarbonFeed(name, "GB", "/intensity/", "", "carbon-intensity", GridKind.ACTUAL);
    }
    if (name.equals("generation")) {
      return new CarbonFeed(
          name, "GB", "/generation/", "", "generation-share.gas", GridKind.ACTUAL);
    }
    Matcher region = REGION.matcher(name);
    if (region.matches() && Integer.parseInt(region.group(1)) <= 18) {
      String id = region.group(1);
      // The regional payload has no actual value: its forecast is all that will come.
      return new CarbonFeed(
          name,
          "GB-" + id,
          "/regional/intensity/",
          "/regionid/" + id,
          "carbon-intensity",
          GridKind.FORECAST);
    }
    throw new IllegalArgumentException(
        "There is no feed '" + name + "'; expected national, generation, or region-1 to region-18");
  }

  String area() {
    return area;
  }

  /** Path of a request for a stretch of time. */
  String path(Instant from, Instant to) {
    return before + MINUTE.format(from) + "/" + MINUTE.format(to) + after;
  }

  /** Whether a half-hour that has this value lacks nothing any more, corrections apart. */
  boolean settles(GridValue value) {
    return value.name().equals(settledName) && value.kind() == settledKind;
  }

  @Override
  public String toString() {
    return name;
  }
}
