package dev.wattbeam.benchmarks.threads;

import dev.wattbeam.benchmarks.Table;
import dev.wattbeam.benchmarks.parts.ContenderOptions;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/**
 * Copies the reference's rows into the empty tables in PostgreSQL's binary format, in one
 * transaction: nobody writes them faster on one connection. Reads them into memory before, and says
 * when it began to write.
 */
public final class PlainCopy {
  private static final int CHUNK = 64 * 1024;

  private PlainCopy() {}

  /** Copies. */
  public static void main(String[] args) throws Exception {
    ContenderOptions options = ContenderOptions.parse(args);
    try (Connection connection =
        DriverManager.getConnection(
            options.postgresUrl(), options.postgresUser(), options.postgresPassword())) {
      connection.setAutoCommit(false);
      CopyManager copier = connection.unwrap(PGConnection.class).getCopyAPI();
      Map<String, byte[]> content = new LinkedHashMap<>();
      for (Table table : Table.of(options.workload())) {
        String columns = columns(connection, table.name());
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        copier.copyOut(
            "COPY (SELECT "
                + columns
                + " FROM "
                + table.reference()
                + ") TO STDOUT (FORMAT binary)",
            rows);
        content.put(
            "COPY " + table.name() + " (" + columns + ") FROM STDIN (FORMAT binary)",
            rows.toByteArray());
      }
      connection.commit();
      System.out.println("copying since " + System.currentTimeMillis());
      for (Map.Entry<String, byte[]> table : content.entrySet()) {
        copy(copier.copyIn(table.getKey()), table.getValue());
      }
      connection.commit();
    }
  }

  private static void copy(CopyIn copy, byte[] rows) throws SQLException {
    for (int i = 0; i < rows.length; i += CHUNK) {
      copy.writeToCopy(rows, i, Math.min(CHUNK, rows.length - i));
    }
    copy.endCopy();
  }

  /** The columns that are not computed from others. */
  private static String columns(Connection connection, String table) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position)"
                + " FROM information_schema.columns"
                + " WHERE table_schema || '.' || table_name = ? AND is_generated = 'NEVER'")) {
      statement.setString(1, table);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getString(1);
      }
    }
  }
}
