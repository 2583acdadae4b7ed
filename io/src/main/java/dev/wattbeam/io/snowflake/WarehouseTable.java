package dev.wattbeam.io.snowflake;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A table of PostgreSQL that has a copy in the schema RAW of Snowflake: its key, what tells the
 * newer of two rows, and the row itself as JSON.
 *
 * @param name in PostgreSQL; in Snowflake the same in capitals
 * @param textKeys columns of the key before {@code start_time}, which every table has
 * @param version expression over a row: a whole number that grows when the row becomes better known
 * @param also expressions over the row {@code t} that the JSON has beside the columns; may be empty
 */
record WarehouseTable(String name, List<String> textKeys, String version, String also) {
  private static final String METER_ZONE =
      "(SELECT m.zone FROM wattbeam.meters m WHERE m.name = t.meter AND m.valid_from < t.end_time"
          + " ORDER BY m.valid_from DESC LIMIT 1) AS zone";
  private static final String GROUP_ZONE =
      "(SELECT g.zone FROM wattbeam.groups g WHERE g.name = t.grp) AS zone";
  private static final String AREA_ZONE =
      "coalesce((SELECT a.zone FROM wattbeam.grid_areas a WHERE a.area = split_part(t.area, '-',"
          + " 1)), 'UTC') AS zone";

  /** All tables that are loaded. */
  static final List<WarehouseTable> ALL =
      List.of(
          ofMeters("intervals", ""),
          ofMeters("hours", ""),
          ofMeters("days", METER_ZONE),
          ofMeters("months", METER_ZONE),
          ofGroups("group_intervals", ""),
          ofGroups("group_hours", ""),
          ofGroups("group_days", GROUP_ZONE),
          ofGroups("group_months", GROUP_ZONE),
          new WarehouseTable(
              "grid_signals",
              List.of("source", "area", "name", "kind"),
              // As PostgreSQL prefers them: the stage, then what became known later.
              "stage * 100000000000000000 + (extract(epoch FROM known_at) * 1000000)::bigint",
              AREA_ZONE));

  private static WarehouseTable ofMeters(String name, String also) {
    return new WarehouseTable(name, List.of("meter", "channel"), "revision", also);
  }

  private static WarehouseTable ofGroups(String name, String also) {
    return new WarehouseTable(name, List.of("grp", "channel"), "revision", also);
  }

  /** The table of this name. */
  static WarehouseTable named(String name) {
    return ALL.stream().filter(table -> table.name.equals(name)).findFirst().orElseThrow();
  }

  /** What a line of a file has, in the order of the columns of {@link #createTemporary}. */
  String selected() {
    return keys(key -> key.equals("start_time") ? "start_time AT TIME ZONE 'UTC'" : key)
        + ", "
        + version
        + ", updated_at AT TIME ZONE 'UTC', row_to_json(r)";
  }

  /** Temporary tables have no schema of their own: this is in RAW, and in this session only. */
  String createTemporary() {
    return String.format(
        "CREATE OR REPLACE TEMPORARY TABLE %s (%s, VERSION NUMBER(38, 0), UPDATED_AT TIMESTAMP_NTZ,"
            + " DATA VARCHAR)",
        temporaryName(),
        keys(key -> upper(key) + (key.equals("start_time") ? " TIMESTAMP_NTZ" : " VARCHAR")));
  }

  /** Everything below the directory, whichever attempt put it there: the merge takes the newest. */
  String copyInto(String stage, String directory) {
    return String.format(
        "COPY INTO %s FROM @%s/%s/ FILE_FORMAT = (TYPE = CSV COMPRESSION = GZIP"
            + " FIELD_OPTIONALLY_ENCLOSED_BY = '\"' ESCAPE_UNENCLOSED_FIELD = NONE) FORCE = TRUE",
        temporaryName(), stage, directory);
  }

  /** One row per key, and only what is newer than what is there. */
  String merge(String run) {
    String names = keys(WarehouseTable::upper);
    return String.format(
        "MERGE INTO %s t USING (SELECT %s, VERSION, UPDATED_AT, PARSE_JSON(DATA) AS DATA,"
            + " '%s' AS RUN FROM %s QUALIFY ROW_NUMBER() OVER (PARTITION BY %s"
            + " ORDER BY VERSION DESC, UPDATED_AT DESC) = 1) s ON %s"
            + " WHEN MATCHED AND (s.VERSION > t.VERSION"
            + " OR s.VERSION = t.VERSION AND s.UPDATED_AT > t.UPDATED_AT)"
            + " THEN UPDATE SET VERSION = s.VERSION, UPDATED_AT = s.UPDATED_AT, DATA = s.DATA,"
            + " RUN = s.RUN"
            + " WHEN NOT MATCHED THEN INSERT (%s, VERSION, UPDATED_AT, DATA, RUN)"
            + " VALUES (%s, s.VERSION, s.UPDATED_AT, s.DATA, s.RUN)",
        upper(name),
        names,
        run,
        temporaryName(),
        names,
        keyColumns().map(key -> "t." + upper(key) + " = s." + upper(key)).collect(joining(" AND ")),
        names,
        keys(key -> "s." + upper(key)));
  }

  String dropTemporary() {
    return "DROP TABLE " + temporaryName();
  }

  private String temporaryName() {
    return "LOAD_" + upper(name);
  }

  private String keys(Function<String, String> text) {
    return keyColumns().map(text).collect(joining(", "));
  }

  private Stream<String> keyColumns() {
    return Stream.concat(textKeys.stream(), Stream.of("start_time"));
  }

  private static String upper(String name) {
    return name.toUpperCase(Locale.ROOT);
  }
}
