package dev.wattbeam.stores;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.wattbeam.io.mongodb.MongoConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The sink against a stand-in for MongoDB; no MongoDB server has been seen by this project. */
@Tag("store")
class MongoTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static MongoStandIn server;

  @BeforeAll
  static void start() {
    server = MongoStandIn.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static RowStoreRules rules() {
    String database = "d" + NUMBER.incrementAndGet();
    MongoConfig config = MongoConfig.of(server.uri(database));
    assertThat(config.prepare()).isEmpty();
    return new RowStoreRules(config, () -> StoreContent.of(server.uri(database), database));
  }

  @Test
  void keepsTheNewestVersionOfEachRow() {
    rules().keepsTheNewestVersionOfEachRow();
  }

  @Test
  void takesExtremes() {
    rules().takesExtremes();
  }

  @Test
  void keepsTheNewestReading() throws Exception {
    rules().keepsTheNewestReading();
  }

  @Test
  void bearsConcurrentWriters() throws Exception {
    rules().bearsConcurrentWriters();
  }

  /**
   * Few: the stand-in looks through all documents for each upsert, which says nothing of MongoDB.
   */
  @Test
  void writesManyRows() throws Exception {
    RowStoreRules rules = rules();
    System.out.println(rules.throughput(4_000));
    assertThat(rules.content().get().get("intervals")).hasSize(4_000);
  }

  @Test
  void oneMeterAndOnePeriodIsARangeOfKeys() {
    RowStoreRules rules = rules();
    rules.keepsTheNewestVersionOfEachRow();
    MongoConfig config = (MongoConfig) rules.config();
    List<Long> energies = new ArrayList<>();
    try (MongoClient client = MongoClients.create(config.uri())) {
      Document range =
          new Document("$gte", key("2024-03-30T23:00:00Z"))
              .append("$lt", key("2024-03-31T00:00:00Z"));
      client
          .getDatabase("d" + NUMBER.get())
          .getCollection("intervals")
          .find(new Document("_id", range))
          .sort(new Document("_id", 1))
          .forEach(document -> energies.add(document.getLong("energy_mj")));
    }
    assertThat(energies).containsExactly(54L, 55L, 56L, 57L);
  }

  private static Document key(String start) {
    return new Document("meter", "m1")
        .append("channel", "import")
        .append("start_time", Date.from(Instant.parse(start)));
  }

  @Test
  void saysThatNobodyAnswers() {
    assertThat(MongoConfig.of("mongodb://127.0.0.1:1/wattbeam").prepare())
        .singleElement()
        .asString()
        .contains("MongoDB at 127.0.0.1:1/wattbeam does not answer")
        .hasLineCount(1);
  }
}
