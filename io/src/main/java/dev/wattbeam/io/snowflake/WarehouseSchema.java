package dev.wattbeam.io.snowflake;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The schemas RAW, CLEAN and MART: {@code tables.sql} and {@code views.sql} of this module. */
public final class WarehouseSchema {
  private static final List<String> SCRIPTS = List.of("tables.sql", "views.sql");

  private WarehouseSchema() {}

  /**
   * Makes what is missing, and all views anew; rows stay.
   *
   * @return number of statements
   * @throws SnowflakeException with one line when Snowflake does not answer or refuses
   */
  public static int migrate(SnowflakeConfig owner) {
    try (SnowflakeSession session = new SnowflakeSession(owner)) {
      int count = 0;
      for (String script : SCRIPTS) {
        for (String statement : statements(script)) {
          session.run(
              "running '" + statement.lines().findFirst().orElseThrow() + "' of " + script,
              s -> s.execute(statement));
          count++;
        }
      }
      return count;
    }
  }

  /** Looks whether the tables are there; one line for what is wrong, empty when nothing is. */
  public static List<String> check(SnowflakeConfig config) {
    return check(config, "LOADS");
  }

  /** The same for a table that a newer version has added. */
  static List<String> check(SnowflakeConfig config, String table) {
    try (SnowflakeSession session = new SnowflakeSession(config)) {
      session.run("asking for the tables", s -> s.ask("SELECT COUNT(*) FROM " + table));
      return List.of();
    } catch (SnowflakeException e) {
      return List.of(
          e.getMessage()
              + ": run MigrateWarehouse if the tables are missing; see docs/pipelines/load-warehouse.md");
    }
  }

  /** A statement ends with a semicolon at the end of a line; comments have lines of their own. */
  private static List<String> statements(String script) {
    try (InputStream in = WarehouseSchema.class.getResourceAsStream("/snowflake/" + script)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.replaceAll("(?m)^--.*\\R", "").split(";\\s*(\\R|$)"))
          .map(String::strip)
          .filter(statement -> !statement.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + script, e);
    }
  }
}
