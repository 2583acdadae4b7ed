package dev.wattbeam.io.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the rows of a file look like: canonical JSON, Green Button XML, or CSV as a mapping
 * describes it, which comes with WattBeam or is a file. Immutable.
 */
public final class ReadingFormat {
  /** One canonical JSON reading per line. */
  public static final String CANONICAL_JSON = "canonical-json";

  /** The XML of the utilities' Green Button downloads (NAESB ESPI). */
  public static final String GREEN_BUTTON = "green-button";

  /** Formats that are mappings themselves; each is a resource beside this class. */
  private static final List<String> MAPPINGS =
      List.of("uci-household", "sgsc", "london-smart-meter", "smard-load", "smard-generation");

  private final String name;
  private final CsvMapping mapping;
  private final ZoneId zone;
  private final String meter;

  private ReadingFormat(String name, CsvMapping mapping, ZoneId zone, String meter) {
    this.name = name;
    this.mapping = mapping;
    this.zone = zone;
    this.meter = meter;
  }

  /** The names that {@link #of} knows. */
  public static List<String> names() {
    return Stream.concat(Stream.of(CANONICAL_JSON, GREEN_BUTTON), MAPPINGS.stream()).toList();
  }

  /**
   * The format of this name, else the one that the mapping file of this name describes.
   *
   * @throws IllegalArgumentException when there is neither (the message lists the names), or naming
   *     every error of the mapping file
   */
  public static ReadingFormat of(String nameOrFile) {
    if (nameOrFile.equals(CANONICAL_JSON)) {
      return canonicalJson();
    }
    if (nameOrFile.equals(GREEN_BUTTON)) {
      return greenButton();
    }
    if (MAPPINGS.contains(nameOrFile)) {
      return ofMapping(CsvMapping.parse(nameOrFile, resource(nameOrFile)));
    }
    Path file;
    try {
      file = Path.of(nameOrFile);
    } catch (InvalidPathException e) {
      throw unknown(nameOrFile, e);
    }
    if (!Files.isRegularFile(file)) {
      throw unknown(nameOrFile, null);
    }
    String fileName = file.getFileName().toString();
    try {
      return ofMapping(CsvMapping.parse(fileName, Files.readString(file)));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("Mapping " + fileName + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Mapping " + fileName + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static IllegalArgumentException unknown(String nameOrFile, Throwable cause) {
    return new IllegalArgumentException(
        "Format \""
            + nameOrFile
            + "\" is neither a known name ("
            + String.join(", ", names())
            + ") nor a mapping file (see docs/mapping-files.md)",
        cause);
  }

  private static String resource(String name) {
    String file = name + ".json";
    try (InputStream in = ReadingFormat.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("The resource " + file + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The resource " + file + " cannot be read", e);
    }
  }

  /** One canonical JSON reading per line, each line passed on as it is. */
  public static ReadingFormat canonicalJson() {
    return new ReadingFormat(CANONICAL_JSON, null, ZoneOffset.UTC, null);
  }

  /** Green Button XML; each usage point is a meter, with the zone that the file states. */
  public static ReadingFormat greenButton() {
    return new ReadingFormat(GREEN_BUTTON, null, null, null);
  }

  /** A CSV format. */
  public static ReadingFormat ofMapping(CsvMapping mapping) {
    return new ReadingFormat(mapping.name(), mapping, mapping.zone(), mapping.meter());
  }

  /**
   * The same for a file whose rows are all of the given meter.
   *
   * @throws IllegalArgumentException when the rows name their meters themselves. Green Button does
   *     so, too, but a file of one usage point can be given a better name
   */
  public ReadingFormat withMeter(String meter) {
    if (readTwice()) {
      return new ReadingFormat(name, null, zone, meter);
    }
    if (mapping == null || mapping.meterColumn() != null) {
      throw new IllegalArgumentException(
          "Format "
              + name
              + " takes the meter from each row; --meter is for formats without a meter column");
    }
    return new ReadingFormat(name, mapping.withMeter(meter), zone, meter);
  }

  /** The same with another zone: of times without offset, and of the meters' days. */
  public ReadingFormat withZone(ZoneId zone) {
    return new ReadingFormat(name, mapping == null ? null : mapping.withZone(zone), zone, meter);
  }

  /** The name, for messages. */
  public String name() {
    return name;
  }

  /** The mapping, or null for what is not CSV. */
  public CsvMapping mapping() {
    return mapping;
  }

  /** The one meter of all rows, or null when each row or the file names it. */
  String meter() {
    return meter;
  }

  /** Whether a file can only be understood by what stands at its end. */
  boolean readTwice() {
    return name.equals(GREEN_BUTTON) && mapping == null;
  }

  /**
   * The zone of times without offset and of the meters' days; null when the file has to state them.
   */
  public ZoneId zone() {
    return zone;
  }

  /** Whether it is known which meter each row is of; if not, {@link #withMeter} has to say. */
  public boolean namesMeters() {
    return mapping == null || mapping.meterColumn() != null || meter != null;
  }

  /** Whether the channels of a meter can only be known when all of its rows have been read. */
  public boolean needsScan() {
    return mapping != null
        && mapping.channels().stream().anyMatch(CsvMapping.Channel::absentIfAlwaysZero);
  }

  @Override
  public String toString() {
    return name;
  }
}
