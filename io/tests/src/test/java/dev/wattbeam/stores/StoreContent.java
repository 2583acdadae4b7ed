package dev.wattbeam.stores;

import static java.util.stream.Collectors.joining;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.data.UdtValue;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import dev.wattbeam.io.store.RowStore;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.Level;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bson.Document;
import org.bson.types.Decimal128;

/** All that a store holds, as sorted lines per table, without the times of writing. */
public final class StoreContent {
  private static final List<String> COLUMNS =
      List.of(
          "end_time",
          "energy_mj",
          "mean_kw",
          "min_kw",
          "max_kw",
          "samples",
          "covered_ms",
          "expected_ms",
          "quality",
          "flags",
          "revision");
  private static final List<String> READING =
      List.of("type", "unit", "time", "value", "duration_ms", "sequence", "quality");

  private StoreContent() {}

  public static SortedMap<String, List<String>> of(CqlSession session, String keyspace) {
    SortedMap<String, List<String>> tables = new TreeMap<>();
    for (OwnerKind kind : OwnerKind.values()) {
      for (Level level : Level.values()) {
        String table = RowStore.table(kind, level);
        List<String> lines = new ArrayList<>();
        for (Row row : session.execute("SELECT * FROM " + keyspace + "." + table).all()) {
          UdtValue content = row.getUdtValue("content");
          lines.add(
              line(
                  Stream.concat(
                      Stream.of(
                          row.getString(owner(kind)),
                          row.getString("channel"),
                          row.getInstant("start_time")),
                      COLUMNS.stream().map(content::getObject))));
        }
        tables.put(table, sorted(lines));
      }
    }
    List<String> latest = new ArrayList<>();
    for (Row row : session.execute("SELECT * FROM " + keyspace + ".latest_values").all()) {
      UdtValue reading = row.getUdtValue("reading");
      latest.add(
          line(
              Stream.concat(
                  Stream.of(row.getString("meter"), row.getString("channel")),
                  READING.stream().map(reading::getObject))));
    }
    tables.put(RowStore.LATEST_VALUES, sorted(latest));
    return tables;
  }

  public static SortedMap<String, List<String>> of(String mongoUri, String database) {
    SortedMap<String, List<String>> tables = new TreeMap<>();
    try (MongoClient client = MongoClients.create(mongoUri)) {
      MongoDatabase documents = client.getDatabase(database);
      for (OwnerKind kind : OwnerKind.values()) {
        for (Level level : Level.values()) {
          String table = RowStore.table(kind, level);
          List<String> lines = new ArrayList<>();
          for (Document document : documents.getCollection(table).find()) {
            Document key = document.get("_id", Document.class);
            lines.add(
                line(
                    Stream.concat(
                        Stream.of(key.get(owner(kind)), key.get("channel"), key.get("start_time")),
                        COLUMNS.stream().map(document::get))));
          }
          tables.put(table, sorted(lines));
        }
      }
      List<String> latest = new ArrayList<>();
      for (Document document : documents.getCollection(RowStore.LATEST_VALUES).find()) {
        Document key = document.get("_id", Document.class);
        Document reading = document.get("reading", Document.class);
        latest.add(
            line(
                Stream.concat(
                    Stream.of(key.get("meter"), key.get("channel")),
                    READING.stream().map(reading::get))));
      }
      tables.put(RowStore.LATEST_VALUES, sorted(latest));
    }
    return tables;
  }

  private static String owner(OwnerKind kind) {
    return kind == OwnerKind.METER ? "meter" : "grp";
  }

  private static List<String> sorted(List<String> lines) {
    lines.sort(null);
    return lines;
  }

  private static String line(Stream<?> values) {
    return values.map(StoreContent::text).collect(joining("|"));
  }

  /** Times in milliseconds, decimals with nine digits, as PostgreSQL's rows are shown. */
  private static String text(Object value) {
    if (value instanceof Instant time) {
      return String.valueOf(time.toEpochMilli());
    }
    if (value instanceof Date time) {
      return String.valueOf(time.getTime());
    }
    if (value instanceof Decimal128 decimal) {
      return decimal.bigDecimalValue().setScale(9).toPlainString();
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.setScale(9).toPlainString();
    }
    return String.valueOf(value);
  }
}
