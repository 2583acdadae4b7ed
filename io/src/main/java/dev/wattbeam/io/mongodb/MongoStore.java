package dev.wattbeam.io.mongodb;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoServerUnavailableException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.WriteConcern;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import dev.wattbeam.io.store.RowStore;
import dev.wattbeam.io.store.StoreAwayException;
import dev.wattbeam.io.store.StoreException;
import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.RowFlag;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * Writes a row as a document whose {@code _id} is the row's key, by bulks of upserts that match
 * only a document with no higher revision.
 *
 * <p>Such an upsert fails with a duplicate key where a newer document is there, and also where
 * another writer has just inserted an older one. It is repeated once: as documents are never
 * removed, it then either finds the older one, or there is a newer one that is to stay.
 */
final class MongoStore implements RowStore {
  private static final double NANOS = Energy.NANOS;

  private static final int SERVER_SELECTION_SECONDS = 5;

  private final MongoConfig config;
  private final MongoClient client;
  private final MongoDatabase database;

  private MongoStore(MongoConfig config) {
    this.config = config;
    MongoClientSettings.Builder settings =
        MongoClientSettings.builder()
            .applicationName("wattbeam")
            // A server that vanished without closing its connections must not stop a worker.
            .applyToSocketSettings(socket -> socket.readTimeout(60, TimeUnit.SECONDS))
            .applyToClusterSettings(
                cluster ->
                    cluster.serverSelectionTimeout(SERVER_SELECTION_SECONDS, TimeUnit.SECONDS))
            .applyConnectionString(config.connectionString());
    if (config.connectionString().getWriteConcern() == null) {
      settings.writeConcern(WriteConcern.MAJORITY);
    }
    client = MongoClients.create(settings.build());
    database = client.getDatabase(config.database());
  }

  /** Connections are made when they are needed. */
  static MongoStore open(MongoConfig config) {
    return new MongoStore(config);
  }

  /** Looks whether the server answers and lets the user write; collections need no making. */
  static List<String> check(MongoConfig config) {
    try (MongoStore store = open(config)) {
      // An update that finds nothing needs the same right as one that does.
      store
          .database
          .getCollection(LATEST_VALUES)
          .replaceOne(new Document("_id", "nobody"), new Document());
      return List.of();
    } catch (MongoException e) {
      return List.of(describe(config, e));
    }
  }

  @Override
  public void writeRows(List<ConsumptionRow> rows) throws StoreAwayException {
    Map<String, List<ReplaceOneModel<Document>>> byCollection = new HashMap<>();
    for (ConsumptionRow row : rows) {
      byCollection
          .computeIfAbsent(
              RowStore.table(row.ownerKind(), row.level()), collection -> new ArrayList<>())
          .add(upsert(document(row), "revision"));
    }
    for (Map.Entry<String, List<ReplaceOneModel<Document>>> part : byCollection.entrySet()) {
      write(part.getKey(), part.getValue());
    }
  }

  private static Document document(ConsumptionRow row) {
    Consumption consumption = row.consumption();
    boolean known = consumption.known();
    String owner = row.ownerKind() == OwnerKind.METER ? "meter" : "grp";
    Document key =
        new Document(owner, row.owner())
            .append("channel", row.channel())
            .append("start_time", new Date(row.startMillis()));
    return new Document("_id", key)
        .append("end_time", new Date(row.endMillis()))
        .append("energy_mj", known ? consumption.energyMj() : null)
        .append("mean_kw", known ? row.meanKw() : null)
        .append("min_kw", known ? consumption.minPower() / NANOS : null)
        .append("max_kw", known ? consumption.maxPower() / NANOS : null)
        .append("samples", consumption.samples())
        .append("covered_ms", consumption.coveredMillis())
        .append("expected_ms", consumption.expectedMillis())
        .append("quality", consumption.quality().describe())
        .append("flags", RowFlag.describe(consumption.flags()))
        .append("revision", consumption.revision());
  }

  @Override
  public void writeLatest(List<Reading> readings) throws StoreAwayException {
    List<ReplaceOneModel<Document>> upserts = new ArrayList<>();
    for (Reading reading : readings) {
      upserts.add(upsert(document(reading), "reading"));
    }
    write(LATEST_VALUES, upserts);
  }

  /** What readings are ordered by is their first fields, as MongoDB compares documents. */
  private static Document document(Reading reading) {
    Document content =
        new Document("time", new Date(reading.timeMillis()))
            .append("sequence", reading.sequence())
            .append("quality_rank", reading.quality().rank())
            .append("duration_ms", reading.durationMillis())
            .append("value", BigDecimal.valueOf(reading.value(), 9))
            .append("type", reading.type().code())
            .append("unit", reading.type().unit().symbol())
            .append("quality", reading.quality().code());
    Document key = new Document("meter", reading.meter()).append("channel", reading.channel());
    return new Document("_id", key).append("reading", content);
  }

  /** Replaces the document of the same key where this field is not higher, or inserts. */
  private static ReplaceOneModel<Document> upsert(Document document, String order) {
    Bson notNewer =
        new Document("_id", document.get("_id"))
            .append(order, new Document("$lte", document.get(order)));
    return new ReplaceOneModel<>(notNewer, document, new ReplaceOptions().upsert(true));
  }

  private void write(String collection, List<ReplaceOneModel<Document>> upserts)
      throws StoreAwayException {
    try {
      MongoCollection<Document> target = database.getCollection(collection);
      write(target, write(target, upserts));
    } catch (MongoInterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("Interrupted while writing to " + config.place(), e);
    } catch (MongoException e) {
      String what = describe(config, e);
      if (isAway(e)) {
        throw new StoreAwayException(what, e);
      }
      throw new StoreException(what, e);
    }
  }

  /** Returns what found its key taken. */
  private static List<ReplaceOneModel<Document>> write(
      MongoCollection<Document> collection, List<ReplaceOneModel<Document>> upserts) {
    List<ReplaceOneModel<Document>> taken = new ArrayList<>();
    if (upserts.isEmpty()) {
      return taken;
    }
    try {
      collection.bulkWrite(upserts, new BulkWriteOptions().ordered(false));
    } catch (MongoBulkWriteException e) {
      for (BulkWriteError error : e.getWriteErrors()) {
        if (error.getCategory() != ErrorCategory.DUPLICATE_KEY) {
          throw e;
        }
        taken.add(upserts.get(error.getIndex()));
      }
      if (e.getWriteConcernError() != null) {
        throw e;
      }
    }
    return taken;
  }

  /** Whether the server or the connection was the problem, not what was asked for. */
  private static boolean isAway(MongoException e) {
    if (e instanceof MongoSecurityException) {
      return false;
    }
    return e instanceof MongoTimeoutException
        || e instanceof MongoSocketException
        || e instanceof MongoServerUnavailableException
        || e instanceof MongoNotPrimaryException
        || e instanceof MongoNodeIsRecoveringException
        || e instanceof MongoBulkWriteException bulk && bulk.getWriteErrors().isEmpty()
        || e.hasErrorLabel("RetryableWriteError");
  }

  private static String describe(MongoConfig config, MongoException e) {
    String reason = String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", "; ");
    if (e instanceof MongoSecurityException) {
      return config.place()
          + " refuses the login: correct the user in --mongoUri, the password file or "
          + MongoConfig.PASSWORD_VARIABLE
          + " ("
          + reason
          + ")";
    }
    return e instanceof MongoTimeoutException
        ? config.place() + " does not answer: start it or correct --mongoUri (" + reason + ")"
        : config.place() + ": " + reason;
  }

  @Override
  public void close() {
    client.close();
  }
}
