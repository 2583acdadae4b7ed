package dev.wattbeam.demo;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What a one-shot run has exported. */
record Export(Path directory) {
  static final List<String> TABLES =
      List.of("intervals", "hours", "days", "months", "groups", "dead_letters");

  private static final BigDecimal MJ_PER_KWH = BigDecimal.valueOf(3_600_000_000L);

  /** A row's key, exact energy in both units, covered share and samples. */
  record Row(
      String meter,
      String channel,
      String start,
      BigDecimal kwh,
      long mj,
      BigDecimal coverage,
      long samples) {}

  JsonNode summary() throws IOException {
    return new ObjectMapper()
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .readTree(directory.resolve("summary.json").toFile());
  }

  Path file(String table) {
    return directory.resolve(table + ".csv");
  }

  /** Hands on the rows one by one: there may be millions. */
  void forEach(String table, Consumer<Row> rows) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file(table))) {
      List<String> header = Arrays.asList(reader.readLine().split(","));
      int kwh = header.indexOf("energy_kwh");
      int mj = header.indexOf("energy_mj");
      int coverage = header.indexOf("coverage");
      int samples = header.indexOf("samples");
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        // Names in these files have no commas and no quotes.
        String[] fields = line.split(",", -1);
        rows.accept(
            new Row(
                fields[0],
                fields[1],
                fields[2],
                new BigDecimal(fields[kwh]),
                Long.parseLong(fields[mj]),
                new BigDecimal(fields[coverage]),
                Long.parseLong(fields[samples])));
      }
    }
  }

  /** Energy in mJ by meter, channel and start. */
  SortedMap<String, Long> energy(String table) throws IOException {
    SortedMap<String, Long> energy = new TreeMap<>();
    forEach(
        table, row -> energy.put(row.meter() + ' ' + row.channel() + ' ' + row.start(), row.mj()));
    return energy;
  }

  /** An energy in mJ as the summary and the tables print it. */
  static BigDecimal kwh(long mj) {
    return BigDecimal.valueOf(mj).divide(MJ_PER_KWH, 12, RoundingMode.HALF_EVEN);
  }
}
