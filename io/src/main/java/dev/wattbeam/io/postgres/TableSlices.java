package dev.wattbeam.io.postgres;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.postgresql.PGConnection;

/**
 * Reads tables of the schema {@code wattbeam} as compressed CSV, in slices of their blocks: each
 * block is read once, whatever indexes there are. Used by one thread.
 *
 * <p>A row that is changed between two slices moves to another block, and may be read twice or not
 * at all. Who needs every row reads again what was changed since {@link #now()} of before.
 */
public final class TableSlices implements AutoCloseable {
  /** Beyond the last block that a table can have; rows are appended while slices are read. */
  private static final long NO_END = 4_294_967_294L;

  private static final long BLOCK_BYTES = 8192;

  private final PostgresSession session;

  private TableSlices(PostgresConfig config) {
    this.session = new PostgresSession(config, connection -> null);
  }

  /** Reads this database; the connection is made when it is first needed. */
  public static TableSlices of(PostgresConfig config) {
    return new TableSlices(config);
  }

  /**
   * Some blocks of a table or of one of its partitions.
   *
   * @param relation the table or the partition, without schema
   * @param partition what is true for the rows of the partition; {@code true} for a whole table
   * @param end first block that is not part of it
   */
  public record Slice(String table, String relation, String partition, long begin, long end) {
    /** The same for the same blocks. */
    public String name() {
      return relation + "-" + begin;
    }
  }

  /**
   * CSV as gzip, every value in quotation marks.
   *
   * @param rows how many lines it has
   */
  public record CompressedRows(byte[] gzip, long rows) {}

  /** The server's time. */
  public Instant now() {
    return session.run(
        "asking for the time",
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet answer = statement.executeQuery("SELECT clock_timestamp()")) {
            answer.next();
            return answer.getObject(1, OffsetDateTime.class).toInstant();
          }
        });
  }

  /** All of a table, at least one slice. */
  public List<Slice> of(String table, long bytesPerSlice) {
    long step = Math.max(1, bytesPerSlice / BLOCK_BYTES);
    return session.run(
        "dividing wattbeam." + table,
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement(
                  "SELECT relname, coalesce(pg_get_partition_constraintdef(oid), 'true'),"
                      + " pg_relation_size(oid) / ? FROM pg_class WHERE relkind = 'r'"
                      + " AND (oid = to_regclass(?) OR oid IN (SELECT inhrelid FROM pg_inherits"
                      + " WHERE inhparent = to_regclass(?))) ORDER BY relname")) {
            query.setLong(1, BLOCK_BYTES);
            query.setString(2, "wattbeam." + table);
            query.setString(3, "wattbeam." + table);
            List<Slice> slices = new ArrayList<>();
            try (ResultSet relations = query.executeQuery()) {
              while (relations.next()) {
                String relation = relations.getString(1);
                String partition = relations.getString(2);
                long blocks = relations.getLong(3);
                for (long begin = 0; begin == 0 || begin < blocks; begin += step) {
                  long end = begin + step < blocks ? begin + step : NO_END;
                  slices.add(new Slice(table, relation, partition, begin, end));
                }
              }
            }
            return slices;
          }
        });
  }

  /**
   * Reads a slice.
   *
   * @param columns expressions over the row {@code r}
   * @param also expressions that {@code r} has beside the columns of the table {@code t}; may be
   *     empty
   * @param since only rows whose {@code updated_at} is not before; null: all
   */
  public CompressedRows read(Slice slice, String columns, String also, Instant since) {
    String copy =
        String.format(
            "COPY (SELECT %s FROM (SELECT t.*%s FROM wattbeam.%s t"
                + " WHERE %s AND t.ctid >= '(%d,0)' AND t.ctid < '(%d,0)'%s) r)"
                + " TO STDOUT (FORMAT csv, FORCE_QUOTE *)",
            columns,
            also.isEmpty() ? "" : ", " + also,
            // Of the partition itself nobody but its owner may read.
            slice.table(),
            slice.partition(),
            slice.begin(),
            slice.end(),
            since == null ? "" : " AND t.updated_at >= '" + since + "'");
    return session.run(
        "reading " + slice.name(),
        connection -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          try (GZIPOutputStream gzip = new GZIPOutputStream(bytes, 1 << 16)) {
            long rows = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(copy, gzip);
            gzip.finish();
            return new CompressedRows(bytes.toByteArray(), rows);
          } catch (IOException e) {
            throw new UncheckedIOException("Cannot compress " + slice.name(), e);
          }
        });
  }

  @Override
  public void close() {
    session.close();
  }
}
