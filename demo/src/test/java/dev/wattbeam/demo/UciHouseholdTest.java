package dev.wattbeam.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wattbeam.embedded.SharedData;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * 27 days of a real home, by the minute, in three orders and on two runners, against sums over the
 * lines of the file.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UciHouseholdTest {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("d/M/yyyy;H:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
  private static final int COPY_EVERY = 3;

  /** One kW for a minute, one Wh. */
  private static final long[] UNIT_MJ = {60_000_000, 3_600_000, 3_600_000, 3_600_000};

  private static final int[] COLUMNS = {2, 6, 7, 8};
  private static final String[] CHANNELS = {"import", "submeter-1", "submeter-2", "submeter-3"};

  private Path hours;
  private List<String> lines;
  private Export fileOrder;
  private Export reversed;
  private Export copied;
  private int copies;

  @BeforeAll
  void sendInThreeOrders(@TempDir Path folder) throws IOException {
    Path file = SharedData.file("uci-household/minutes_2006-12-16_2007-01-11.txt.gz");
    hours = SharedData.file("uci-household/hours_2006-2010.csv.gz");
    lines = new ArrayList<>(lines(file));
    String header = lines.remove(0);
    lines.removeIf(String::isBlank);
    fileOrder = once(file, folder.resolve("file"));

    List<String> backwards = new ArrayList<>(lines);
    Collections.reverse(backwards);
    reversed =
        once(write(folder, header, backwards), folder.resolve("reversed"), "--runner=direct");

    List<String> more = new ArrayList<>(lines);
    for (int i = 0; i < lines.size(); i += COPY_EVERY) {
      more.add(lines.get(i));
    }
    copies = more.size() - lines.size();
    Collections.shuffle(more, new Random(1));
    copied = once(write(folder, header, more), folder.resolve("copied"));
  }

  private static Path write(Path folder, String header, List<String> rows) throws IOException {
    Path file = Files.createTempFile(folder, "rows", ".txt");
    return Files.writeString(file, header + "\r\n" + String.join("\r\n", rows) + "\r\n");
  }

  private static List<String> lines(Path gzip) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(gzip)), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }

  /** Without a {@code --runner} on that of the build's profile: Flink, or Spark with -Pspark. */
  private static Export once(Path file, Path target, String... runner) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--input=" + file,
                "--format=uci-household",
                "--once",
                "--ephemeral",
                "--export=" + target));
    args.addAll(List.of(runner));
    DemoRun run = DemoRun.of(args.toArray(new String[0]));
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    return new Export(target);
  }

  /** Energy in mJ by meter, channel and start of the period that a minute belongs to. */
  private SortedMap<String, Long> plain(UnaryOperator<LocalDateTime> period) {
    SortedMap<String, Long> sums = new TreeMap<>();
    for (String line : lines) {
      String[] fields = line.strip().split(";", -1);
      LocalDateTime start = period.apply(LocalDateTime.parse(fields[0] + ';' + fields[1], STAMP));
      Instant instant = start.atZone(PARIS).toInstant();
      for (int i = 0; i < CHANNELS.length; i++) {
        long mj =
            new BigDecimal(fields[COLUMNS[i]])
                .multiply(BigDecimal.valueOf(UNIT_MJ[i]))
                .longValueExact();
        sums.merge("uci-household " + CHANNELS[i] + ' ' + instant, mj, Long::sum);
      }
    }
    return sums;
  }

  @Test
  void allLevelsEqualSumsOverTheLines() throws IOException {
    SortedMap<String, Long> quarters =
        plain(t -> t.truncatedTo(ChronoUnit.HOURS).plusMinutes(t.getMinute() / 15 * 15L));
    assertThat(fileOrder.energy("intervals")).isEqualTo(quarters);
    assertThat(fileOrder.energy("hours")).isEqualTo(plain(t -> t.truncatedTo(ChronoUnit.HOURS)));
    assertThat(fileOrder.energy("days")).isEqualTo(plain(t -> t.truncatedTo(ChronoUnit.DAYS)));
    assertThat(fileOrder.energy("months"))
        .isEqualTo(plain(t -> t.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1)));
    for (String table : List.of("intervals", "hours", "days", "months")) {
      fileOrder.forEach(
          table, row -> assertThat(row.kwh()).isEqualByComparingTo(Export.kwh(row.mj())));
    }
  }

  @Test
  void summariesBalance() throws IOException {
    JsonNode once = balanced(fileOrder);
    assertThat(lines).hasSize(37_283);
    assertThat(number(once, "rowsRead")).isEqualTo(lines.size());
    assertThat(number(once, "rowsPublished")).isEqualTo(lines.size());
    assertThat(number(once, "accepted")).isEqualTo(4L * lines.size());
    assertThat(number(once, "duplicates")).isZero();
    Map<String, Long> totals = new HashMap<>();
    plain(t -> t).forEach((key, mj) -> totals.merge(key.split(" ", -1)[1], mj, Long::sum));
    for (String channel : CHANNELS) {
      assertThat(once.get("energyKwh").get("uci-household").get(channel).decimalValue())
          .isEqualByComparingTo(Export.kwh(totals.get(channel)));
    }

    JsonNode more = balanced(copied);
    assertThat(number(more, "rowsRead")).isEqualTo(lines.size() + copies);
    assertThat(number(more, "accepted")).isEqualTo(4L * lines.size());
    assertThat(number(more, "duplicates")).isEqualTo(4L * copies);
    assertThat(more.get("energyKwh")).isEqualTo(once.get("energyKwh"));
    JsonNode back = balanced(reversed);
    assertThat(number(back, "accepted")).isEqualTo(4L * lines.size());
    assertThat(back.get("energyKwh")).isEqualTo(once.get("energyKwh"));
  }

  private static JsonNode balanced(Export export) throws IOException {
    JsonNode summary = export.summary();
    assertThat(
            number(summary, "rowsPublished")
                + number(summary, "rowsMissing")
                + number(summary, "rowsRejected"))
        .isEqualTo(number(summary, "rowsRead"));
    assertThat(
            number(summary, "accepted") + number(summary, "duplicates") + number(summary, "late"))
        .isEqualTo(number(summary, "readingsPublished"));
    assertThat(summary.get("deadLetters")).isEmpty();
    return summary;
  }

  private static long number(JsonNode summary, String name) {
    return summary.get(name).asLong();
  }

  @Test
  void orderAndCopiesAndRunnersDoNotMatter() throws IOException {
    for (String table : Export.TABLES) {
      assertThat(reversed.file(table)).hasSameBinaryContentAs(fileOrder.file(table));
      assertThat(copied.file(table)).hasSameBinaryContentAs(fileOrder.file(table));
    }
  }

  /**
   * The hours of the publisher's own sums. They are single-precision numbers, so 22 of 588 are off
   * by a hundred-millionth; minutes have three decimals, so three decimals give the exact sum back.
   */
  @Test
  void completeHoursEqualThoseOfTheHourlyFile() throws IOException {
    Map<String, Integer> minutes = new HashMap<>();
    for (String line : lines) {
      LocalDateTime start = LocalDateTime.parse(line.substring(0, line.indexOf(';', 11)), STAMP);
      minutes.merge(start.truncatedTo(ChronoUnit.HOURS).format(HOUR), 1, Integer::sum);
    }
    SortedMap<String, Long> computed = fileOrder.energy("hours");
    int compared = 0;
    for (String line : lines(hours)) {
      String[] fields = line.split(",", -1);
      if (minutes.getOrDefault(fields[0], 0) != 60) {
        continue;
      }
      Instant start = LocalDateTime.parse(fields[0], HOUR).atZone(PARIS).toInstant();
      for (int i = 0; i < CHANNELS.length; i++) {
        BigDecimal sum = new BigDecimal(fields[i == 0 ? 1 : 4 + i]);
        long mj = computed.get("uci-household " + CHANNELS[i] + ' ' + start);
        assertThat(mj)
            .isEqualTo(
                sum.setScale(3, RoundingMode.HALF_EVEN)
                    .multiply(BigDecimal.valueOf(UNIT_MJ[i]))
                    .longValueExact());
      }
      double kwh = Double.parseDouble(fields[1]) / 60;
      double ours = computed.get("uci-household import " + start) / 3.6e9;
      assertThat(Math.abs(ours - kwh)).isLessThanOrEqualTo(1e-6 * kwh);
      compared++;
    }
    assertThat(compared).isEqualTo(588);
  }
}
