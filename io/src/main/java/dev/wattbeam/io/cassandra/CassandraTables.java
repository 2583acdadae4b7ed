package dev.wattbeam.io.cassandra;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import dev.wattbeam.io.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of the keyspace, as tables.cql has them. */
final class CassandraTables {
  private static final Pattern CREATE =
      Pattern.compile("CREATE (?:TABLE|TYPE) IF NOT EXISTS (\\w+)");

  private CassandraTables() {}

  /** Looks whether the keyspace is usable, and makes the tables that it lacks. */
  static List<String> prepare(CassandraConfig config) {
    try (CqlSession session = CassandraSessions.connect(config)) {
      Set<String> datacenters = new TreeSet<>();
      session
          .getMetadata()
          .getNodes()
          .values()
          .forEach(node -> datacenters.add(String.valueOf(node.getDatacenter())));
      if (!datacenters.contains(config.datacenter())) {
        return List.of(
            config.place()
                + " has no data centre '"
                + config.datacenter()
                + "', but "
                + datacenters
                + ": correct --cassandraDatacenter");
      }
      KeyspaceMetadata keyspace = session.getMetadata().getKeyspace(config.keyspace()).orElse(null);
      if (keyspace == null) {
        return List.of(
            String.format(
                "%s has no such keyspace: CREATE KEYSPACE %s WITH replication = {'class':"
                    + " 'NetworkTopologyStrategy', '%s': 3}",
                config.place(), config.keyspace(), config.datacenter()));
      }
      for (String statement : statements()) {
        if (!exists(statement, keyspace)) {
          session.execute(
              statement.replace("IF NOT EXISTS ", "IF NOT EXISTS " + config.keyspace() + "."));
        }
      }
      return List.of();
    } catch (DriverException e) {
      return List.of(CassandraSessions.describe(config, e));
    } catch (StoreException e) {
      return List.of(e.getMessage());
    }
  }

  private static boolean exists(String statement, KeyspaceMetadata keyspace) {
    Matcher create = CREATE.matcher(statement);
    if (!create.find()) {
      throw new IllegalStateException("tables.cql has: " + statement);
    }
    return keyspace.getTable(create.group(1)).isPresent()
        || keyspace.getUserDefinedType(create.group(1)).isPresent();
  }

  /** In their order, without comments. */
  static List<String> statements() {
    try (InputStream file = CassandraTables.class.getResourceAsStream("tables.cql")) {
      String text = new String(file.readAllBytes(), UTF_8).replaceAll("(?m)^--.*$", "");
      return Arrays.stream(text.split(";"))
          .map(String::strip)
          .filter(statement -> !statement.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
