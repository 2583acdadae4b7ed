package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.Payload;
import dev.wattbeam.pipelines.monitor.BadMessages.Bad;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every message that is no good reading is kept, with its code, its payload and its origin. */
class BadInputTest {
  private static final long SENT = Neighbourhoods.badSentMillis();

  @Test
  void everyBadMessageBecomesADeadLetterWithTheRightCode() throws IOException {
    TestTopic topic = TestTopic.create(1);
    TestDatabase database = TestDatabase.with(Neighbourhoods.directory());
    List<Bad> bad = BadMessages.all();
    List<Message> messages = new ArrayList<>();
    bad.forEach(message -> messages.add(new Message(0, SENT, message.payload())));
    // A good one behind them all has to come through.
    String good =
        "{\"schemaVersion\":1,\"meter\":\"p1\",\"type\":\"power\",\"unit\":\"W\","
            + "\"time\":\"2024-03-30T00:00:00Z\",\"value\":1200}";
    messages.add(Message.text(0, Instant.ofEpochMilli(SENT), good));
    topic.send(messages);

    Map<String, Long> counters;
    try (Job job = Job.runBounded(topic, database)) {
      counters = job.counters();
    }

    Map<String, String> wanted = new LinkedHashMap<>();
    Map<String, String> found = new LinkedHashMap<>();
    for (int offset = 0; offset < bad.size(); offset++) {
      byte[] payload = bad.get(offset).payload();
      String text = Payload.asText(payload == null ? new byte[0] : payload);
      String what = offset + " " + bad.get(offset).what();
      wanted.put(what, "[" + bad.get(offset).code() + "|" + text + "]");
      found.put(
          what,
          database
              .query(
                  "SELECT code, payload FROM wattbeam.dead_letters WHERE source = '"
                      + topic.name()
                      + "' AND partition = 0 AND position = "
                      + offset)
              .toString());
    }
    assertThat(found).containsExactlyEntriesOf(wanted);
    assertThat(database.count("SELECT count(*) FROM wattbeam.dead_letters")).isEqualTo(bad.size());
    assertThat(
            database.count(
                "SELECT count(*) FROM wattbeam.dead_letters WHERE message = ''"
                    + " OR message LIKE E'%\\n%' OR message LIKE '%Exception%'"
                    + " OR time <> '2024-03-30T00:00:00Z'"))
        .isZero();
    // Nothing of what is wrong became a value.
    assertThat(
            database.query("SELECT meter, samples, energy_kwh FROM wattbeam.intervals ORDER BY 1"))
        .containsExactly("p1|1|0.1");
    assertThat(counters)
        .containsEntry("messages", bad.size() + 1L)
        .containsEntry("accepted", 1L)
        .doesNotContainKey("late");
  }

  @Test
  void payloadsThatAreTooLongOrNoTextAreKeptAsFarAsPossible() {
    Map<String, Bad> byName = new LinkedHashMap<>();
    BadMessages.all().forEach(bad -> byName.put(bad.what(), bad));
    assertThat(byName.get("1 MB").payload()).hasSizeGreaterThan(1_000_000);
    assertThat(Payload.asText(byName.get("1 MB").payload())).startsWith("{\"comment\":\"xxx");
    assertThat(Payload.asText(byName.get("invalid UTF-8").payload())).startsWith("base64:");
  }

  @Test
  void anEmptyTopicGivesEmptyTables() throws IOException {
    TestDatabase database = TestDatabase.with(Neighbourhoods.directory());
    try (Job job = Job.runBounded(TestTopic.create(2), database)) {
      assertThat(job.counters()).doesNotContainKey("accepted");
    }
    assertThat(Tables.of(database).size()).isZero();
  }
}
