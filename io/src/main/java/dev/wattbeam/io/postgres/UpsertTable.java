package dev.wattbeam.io.postgres;

import static java.util.stream.Collectors.joining;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * Description of a table that rows of one type are upserted into: its columns, its key, which of
 * two rows with one key stays. Immutable.
 *
 * @param <T> what one row is made of
 */
public final class UpsertTable<T> {
  /** Writes the value of one column. */
  @FunctionalInterface
  interface ColumnWriter<T> {
    void write(T row, CopyRows out);
  }

  /**
   * @param sqlType type in the temporary table
   * @param key whether the column is part of the key
   */
  private record Column<T>(String name, String sqlType, boolean key, ColumnWriter<T> writer) {}

  private static final String SCHEMA = "wattbeam";

  private final String name;
  private final List<Column<T>> columns;
  private final Comparator<T> keyOrder;
  private final Comparator<T> preference;
  private final ToLongFunction<T> partitionMillis;
  private final String temporaryTable;
  private final String createStatement;
  private final String copyStatement;
  private final String upsertStatement;
  private final String insertStatement;

  private UpsertTable(Builder<T> builder) {
    this.name = builder.name;
    this.columns = List.copyOf(builder.columns);
    this.keyOrder = builder.keyOrder;
    this.preference = builder.preference;
    this.partitionMillis = builder.partitionMillis;
    this.temporaryTable = "wattbeam_load_" + name;
    this.createStatement =
        columns.stream()
            .map(column -> column.name() + " " + column.sqlType())
            .collect(
                joining(
                    ", ",
                    "CREATE TEMPORARY TABLE IF NOT EXISTS " + temporaryTable + " (",
                    ") ON COMMIT DELETE ROWS"));
    this.copyStatement = "COPY pg_temp." + temporaryTable + " FROM STDIN (FORMAT binary)";
    this.upsertStatement = upsertStatement(builder);
    this.insertStatement =
        String.format(
            "COPY %s.%s (%s) FROM STDIN (FORMAT binary)", builder.schema, name, names("", columns));
  }

  private String upsertStatement(Builder<T> builder) {
    String all = names("", columns);
    List<Column<T>> key = columns.stream().filter(Column::key).toList();
    List<Column<T>> others = columns.stream().filter(column -> !column.key()).toList();
    String insert =
        String.format(
            "INSERT INTO %s.%s AS t (%s) SELECT %s FROM pg_temp.%s ON CONFLICT (%s) DO ",
            builder.schema, name, all, all, temporaryTable, names("", key));
    if (builder.conflict == Conflict.KEEP) {
      return insert + "NOTHING";
    }
    String assignments =
        others.stream()
            .map(column -> column.name() + " = excluded." + column.name())
            .collect(joining(", "));
    if (builder.conflict == Conflict.REPLACE) {
      return String.format("%sUPDATE SET %s WHERE %s", insert, assignments, differs(others));
    }
    // Content is all but the measure by which rows of one key are ordered.
    List<Column<T>> content =
        others.stream().filter(column -> !column.name().equals(builder.orderColumn)).toList();
    return String.format(
        "%sUPDATE SET %s, updated_at = CASE WHEN %s THEN now() ELSE t.updated_at END"
            + " WHERE %s AND %s",
        insert, assignments, differs(content), builder.guard, differs(others));
  }

  private static <T> String differs(List<Column<T>> columns) {
    return String.format(
        "(%s) IS DISTINCT FROM (%s)", names("excluded.", columns), names("t.", columns));
  }

  private static <T> String names(String prefix, List<Column<T>> columns) {
    return columns.stream().map(column -> prefix + column.name()).collect(joining(", "));
  }

  String name() {
    return name;
  }

  /** Where the table has monthly partitions: the time that decides; else null. */
  ToLongFunction<T> partitionMillis() {
    return partitionMillis;
  }

  /** One row per key, the preferred one (of equal ones the last), in the order of the keys. */
  List<T> distinct(List<T> rows) {
    List<T> sorted = new ArrayList<>(rows);
    sorted.sort(keyOrder);
    int kept = 0;
    for (T row : sorted) {
      if (kept > 0 && keyOrder.compare(sorted.get(kept - 1), row) == 0) {
        if (preference.compare(row, sorted.get(kept - 1)) >= 0) {
          sorted.set(kept - 1, row);
        }
      } else {
        sorted.set(kept++, row);
      }
    }
    return sorted.subList(0, kept);
  }

  /**
   * Upserts in the connection's transaction.
   *
   * @param rows one per key, in the order of the keys: writers that meet lock rows in one order
   * @return how many rows of the table were inserted or changed
   */
  long upsert(Connection connection, List<T> rows) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // Made once per connection; asking each time also finds out about new connections.
      statement.execute(createStatement);
      copy(connection, copyStatement, rows);
      return statement.executeLargeUpdate(upsertStatement);
    }
  }

  /**
   * Inserts in the connection's transaction, in half of the time of an {@link #upsert}.
   *
   * @param rows as for {@link #upsert}
   * @return false when one of the keys is there already; then nothing was done
   */
  boolean insert(Connection connection, List<T> rows) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      copy(connection, insertStatement, rows);
      connection.releaseSavepoint(before);
      return true;
    } catch (SQLException e) {
      if (!PostgresErrors.UNIQUE_VIOLATION.equals(PostgresErrors.state(e))) {
        throw e;
      }
      connection.rollback(before);
      return false;
    }
  }

  private void copy(Connection connection, String statement, List<T> rows) throws SQLException {
    try (CopyRows copy = CopyRows.begin(connection, statement)) {
      for (T row : rows) {
        copy.startRow(columns.size());
        for (Column<T> column : columns) {
          column.writer().write(row, copy);
        }
      }
      copy.finish();
    }
  }

  @Override
  public String toString() {
    return name;
  }

  /** Starts the description of a table of the schema {@code wattbeam}. */
  static <T> Builder<T> named(String name) {
    return named(SCHEMA, name);
  }

  /** Starts the description of a table of any schema. */
  public static <T> Builder<T> named(String schema, String name) {
    return new Builder<>(schema, name);
  }

  /** What happens to the stored row of a key. */
  private enum Conflict {
    KEEP,
    REPLACE,
    REPLACE_IF
  }

  /** Columns in any order; the key's text columns first makes the index useful. */
  public static final class Builder<T> {
    private final String schema;
    private final String name;
    private final List<Column<T>> columns = new ArrayList<>();
    private Comparator<T> keyOrder;
    private Comparator<T> preference = (a, b) -> 0;
    private Conflict conflict = Conflict.KEEP;
    private String guard;
    private String orderColumn;
    private ToLongFunction<T> partitionMillis;

    private Builder(String schema, String name) {
      this.schema = schema;
      this.name = name;
    }

    public Builder<T> keyText(String column, Function<T, String> value) {
      columns.add(new Column<>(column, "text", true, (row, out) -> out.writeKey(value.apply(row))));
      return orderedBy(Comparator.comparing(value));
    }

    public Builder<T> keyLong(String column, ToLongFunction<T> value) {
      columns.add(
          new Column<>(
              column, "bigint", true, (row, out) -> out.writeLong(value.applyAsLong(row))));
      return orderedBy(Comparator.comparingLong(value));
    }

    public Builder<T> keyInt(String column, ToIntFunction<T> value) {
      columns.add(
          new Column<>(column, "integer", true, (row, out) -> out.writeInt(value.applyAsInt(row))));
      return orderedBy(Comparator.comparingInt(value));
    }

    public Builder<T> keySmall(String column, ToIntFunction<T> value) {
      columns.add(
          new Column<>(
              column, "smallint", true, (row, out) -> out.writeShort(value.applyAsInt(row))));
      return orderedBy(Comparator.comparingInt(value));
    }

    /** Epoch milliseconds. */
    Builder<T> keyTime(String column, ToLongFunction<T> value) {
      columns.add(
          new Column<>(
              column, "timestamptz", true, (row, out) -> out.writeTime(value.applyAsLong(row))));
      return orderedBy(Comparator.comparingLong(value));
    }

    private Builder<T> orderedBy(Comparator<T> order) {
      keyOrder = keyOrder == null ? order : keyOrder.thenComparing(order);
      return this;
    }

    Builder<T> text(String column, Function<T, String> value) {
      return column(column, "text", (row, out) -> out.writeText(value.apply(row)));
    }

    public Builder<T> number(String column, ToLongFunction<T> value) {
      return column(column, "bigint", (row, out) -> out.writeLong(value.applyAsLong(row)));
    }

    public Builder<T> small(String column, ToIntFunction<T> value) {
      return column(column, "smallint", (row, out) -> out.writeShort(value.applyAsInt(row)));
    }

    public Builder<T> integer(String column, ToIntFunction<T> value) {
      return column(column, "integer", (row, out) -> out.writeInt(value.applyAsInt(row)));
    }

    /** Epoch milliseconds. */
    Builder<T> time(String column, ToLongFunction<T> value) {
      return column(column, "timestamptz", (row, out) -> out.writeTime(value.applyAsLong(row)));
    }

    /** Billionths, stored as an exact decimal. */
    Builder<T> nanos(String column, ToLongFunction<T> value) {
      return column(column, "numeric(19, 9)", (row, out) -> out.writeNanos(value.applyAsLong(row)));
    }

    Builder<T> column(String column, String sqlType, ColumnWriter<T> writer) {
      columns.add(new Column<>(column, sqlType, false, writer));
      return this;
    }

    /** The table has monthly partitions by this time, epoch milliseconds. */
    Builder<T> partitionedBy(ToLongFunction<T> millis) {
      partitionMillis = millis;
      return this;
    }

    /** A row replaces the stored one of its key when it differs; without this, that one stays. */
    public Builder<T> replace() {
      this.conflict = Conflict.REPLACE;
      return this;
    }

    /**
     * A row replaces the stored one of its key when it differs and the guard holds. The table then
     * has a column {@code updated_at}.
     *
     * @param guard condition on {@code excluded} (new) and {@code t} (stored)
     * @param orderColumn a change of this column alone does not count as an update; may be null
     * @param preference the same as the guard, among the rows of one bundle
     */
    Builder<T> replaceIf(String guard, String orderColumn, Comparator<T> preference) {
      this.conflict = Conflict.REPLACE_IF;
      this.guard = guard;
      this.orderColumn = orderColumn;
      this.preference = preference;
      return this;
    }

    public UpsertTable<T> build() {
      return new UpsertTable<>(this);
    }
  }
}
