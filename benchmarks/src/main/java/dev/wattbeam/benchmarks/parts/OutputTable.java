package dev.wattbeam.benchmarks.parts;

import static java.util.stream.Collectors.joining;

import java.util.List;

/** The tables of the schema {@code bench} that contenders write. */
public enum OutputTable {
  DOWNSAMPLING(
      "downsampling",
      List.of("meter text", "minute_ms bigint"),
      List.of("n integer", "min_nw bigint", "max_nw bigint", "sum_nw bigint")),
  HOUR_OF_DAY(
      "hour_of_day",
      List.of("meter text", "window_ms bigint", "hour smallint"),
      List.of("n integer", "sum_nw bigint")),
  HIERARCHY(
      "hierarchy",
      List.of("level smallint", "node integer", "minute_ms bigint"),
      List.of("n integer", "sum_nw bigint"));

  private final String tableName;
  private final List<String> key;
  private final List<String> content;

  OutputTable(String tableName, List<String> key, List<String> content) {
    this.tableName = tableName;
    this.key = key;
    this.content = content;
  }

  /** Name with the schema. */
  public String qualifiedName() {
    return "bench." + tableName;
  }

  /** What makes the table. */
  public String createStatement() {
    return "CREATE TABLE "
        + qualifiedName()
        + " ("
        + definitions()
        + ", PRIMARY KEY ("
        + names("", key)
        + "))";
  }

  int columns() {
    return key.size() + content.size();
  }

  String createTemporaryStatement() {
    return "CREATE TEMPORARY TABLE "
        + temporaryName()
        + " ("
        + definitions()
        + ") ON COMMIT DELETE ROWS";
  }

  String copyStatement() {
    return "COPY pg_temp." + temporaryName() + " FROM STDIN (FORMAT binary)";
  }

  String upsertStatement() {
    String columns = names("", key) + ", " + names("", content);
    return "INSERT INTO "
        + qualifiedName()
        + " ("
        + columns
        + ") SELECT "
        + columns
        + " FROM pg_temp."
        + temporaryName()
        + " ON CONFLICT ("
        + names("", key)
        + ") DO UPDATE SET ("
        + names("", content)
        + ") = ROW ("
        + names("excluded.", content)
        + ")";
  }

  private String temporaryName() {
    return "load_" + tableName;
  }

  private String definitions() {
    return String.join(", ", key) + ", " + String.join(", ", content);
  }

  private static String names(String prefix, List<String> columns) {
    return columns.stream()
        .map(column -> prefix + column.substring(0, column.indexOf(' ')))
        .collect(joining(", "));
  }
}
