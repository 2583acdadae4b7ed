package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.embedded.EmbeddedKafka;
import dev.wattbeam.model.Reading;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.joda.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Broker.Extension.class)
class KafkaPollSourceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();

  /** A reader and what it has given. */
  private static final class Session implements AutoCloseable {
    private final KafkaPollReader<KafkaPoll> reader;
    private final List<Reading> readings = new ArrayList<>();
    private final List<KafkaPoll> polls = new ArrayList<>();
    private boolean started;

    private Session(KafkaPollSource<KafkaPoll> source, KafkaMark mark) throws IOException {
      reader = source.createReader(OPTIONS, mark);
    }

    private boolean next() throws IOException {
      boolean found = started ? reader.advance() : reader.start();
      started = true;
      if (found) {
        KafkaPoll poll = reader.getCurrent();
        polls.add(poll);
        for (int i = 0; i < poll.readings().size(); i++) {
          readings.add(poll.readings().reading(i));
        }
      }
      return found;
    }

    private void until(BooleanSupplier condition) throws IOException {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!condition.getAsBoolean()) {
        assertThat(System.nanoTime()).as("in time").isLessThan(end);
        next();
      }
    }

    private long watermark() {
      return reader.getWatermark().getMillis();
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  private static KafkaPollSource<KafkaPoll> source(KafkaConfig config) {
    return new KafkaPollSource<>(
        config, Readings.LIMITS, new ReadingPolls(Readings.LIMITS, "test"));
  }

  private static Session open(KafkaConfig config) throws IOException {
    return new Session(source(config), null);
  }

  private static List<KafkaPollSource<KafkaPoll>> split(KafkaConfig config, int n) {
    return source(config).split(n, OPTIONS);
  }

  @Test
  void splitsAreDeterministic(Broker broker) throws Exception {
    String topic = broker.topic(5);
    for (int i = 0; i < 5; i++) {
      broker.send(topic, i, ReadingJson.write(Readings.power("m" + i, i)));
    }
    List<KafkaPollSource<KafkaPoll>> splits = split(broker.config(topic), 2);
    assertThat(splits).hasSize(2);
    List<List<String>> meters = new ArrayList<>();
    int[] expected = {3, 2};
    for (int i = 0; i < 2; i++) {
      int size = expected[i];
      try (Session reading = new Session(splits.get(i), null)) {
        reading.until(() -> reading.readings.size() == size);
        meters.add(reading.readings.stream().map(Reading::meter).sorted().toList());
      }
    }
    assertThat(meters).containsExactly(List.of("m0", "m2", "m4"), List.of("m1", "m3"));
    assertThat(splits.get(0).split(4, OPTIONS)).containsExactly(splits.get(0));
  }

  @Test
  void anIdleAndANeverUsedPartitionDoNotHoldTheWatermark(Broker broker) throws Exception {
    String topic = broker.topic(3);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 100)));
    broker.send(topic, 1, Readings.messages(Readings.powers("m1", 0, 10)));
    try (Session reading = open(broker.config(topic))) {
      assertThat(reading.reader.getWatermark()).isEqualTo(BoundedWindow.TIMESTAMP_MIN_VALUE);
      reading.until(() -> reading.readings.size() == 110);
      assertThat(reading.watermark()).isLessThan(Readings.START);
      // Now all is read, so the highest clock counts once all are idle.
      reading.until(() -> reading.watermark() == Readings.START + 99_000);
      // The first partition goes on, the others stay idle.
      broker.send(topic, 0, Readings.messages(Readings.powers("m0", 100, 200)));
      reading.until(() -> reading.watermark() == Readings.START + 199_000);
      // A partition wakes up with older readings: the watermark does not go back.
      broker.send(topic, 1, Readings.messages(Readings.powers("m1", 10, 20)));
      reading.until(() -> reading.readings.size() == 220);
      assertThat(reading.watermark()).isEqualTo(Readings.START + 199_000);
      KafkaPoll last = reading.polls.get(reading.polls.size() - 1);
      assertThat(last.readings().partition()).isEqualTo(1);
      assertThat(last.readings().clockMillis()).isEqualTo(Readings.START + 199_000);
      assertThat(reading.reader.getCurrentTimestamp())
          .isEqualTo(Instant.ofEpochMilli(Readings.START + 199_000));
    }
  }

  @Test
  void aSplitWithoutPartitionsFollowsTheRestOfTheTopic(Broker broker) throws Exception {
    String topic = broker.topic(2);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 500)));
    KafkaPollSource<KafkaPoll> third = split(broker.config(topic), 3).get(2);
    try (Session reading = new Session(third, null)) {
      reading.until(() -> reading.watermark() == Readings.START + 499_000);
      assertThat(reading.readings).isEmpty();
      assertThat(reading.reader.getCheckpointMark().size()).isZero();
    }
  }

  /** On Flink a checkpoint while it splits would hold no splits, for ever. */
  @Test
  void splittingDoesNotWaitForTheBroker() {
    assertThat(split(KafkaConfig.of("127.0.0.1:1", "readings"), 3)).hasSize(3);
  }

  @Test
  void aRestoredReaderReadsNewPartitionsToo(Broker broker) throws Exception {
    String topic = broker.topic(3);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 10)));
    broker.send(topic, 2, Readings.messages(Readings.powers("m2", 0, 10)));
    KafkaMark mark =
        new KafkaMark(
            new int[] {0}, new long[] {10}, new long[] {Readings.START}, 0, ignored -> {});
    try (Session reading = new Session(split(broker.config(topic), 2).get(0), mark)) {
      reading.until(() -> reading.readings.size() == 10);
      assertThat(reading.readings).extracting(Reading::meter).containsOnly("m2");
    }
  }

  @Test
  void aSplitWhosePartitionsAreNeverUsedFollowsTheRestOfTheTopic(Broker broker) throws Exception {
    String topic = broker.topic(2);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 500)));
    KafkaPollSource<KafkaPoll> empty = split(broker.config(topic), 2).get(1);
    try (Session reading = new Session(empty, null)) {
      reading.until(() -> reading.watermark() == Readings.START + 499_000);
      broker.send(topic, 0, Readings.messages(Readings.powers("m0", 500, 501)));
      reading.until(() -> reading.watermark() == Readings.START + 500_000);
      assertThat(reading.readings).isEmpty();
    }
  }

  @Test
  void clocksAndTimestampsComeFromBefore(Broker broker) throws Exception {
    String topic = broker.topic(1);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 100)));
    try (Session reading = open(broker.config(topic).withMaxPollRecords(40))) {
      reading.until(() -> reading.polls.size() == 1);
      assertThat(reading.polls.get(0).readings().clockMillis()).isEqualTo(Long.MIN_VALUE);
      assertThat(reading.reader.getCurrentTimestamp()).isEqualTo(BoundedWindow.TIMESTAMP_MIN_VALUE);
      assertThat(reading.watermark()).isEqualTo(Readings.START + 39_000);
      reading.until(() -> reading.polls.size() == 3);
      assertThat(reading.polls)
          .extracting(poll -> poll.readings().size())
          .containsExactly(40, 40, 20);
      assertThat(reading.polls.get(2).readings().clockMillis()).isEqualTo(Readings.START + 79_000);
      assertThat(reading.reader.getCurrentTimestamp())
          .isEqualTo(Instant.ofEpochMilli(Readings.START + 39_000));
      assertThat(reading.reader.getSplitBacklogBytes()).isZero();
    }
  }

  @Test
  void anAbsurdTimeDoesNotMoveTheWatermark(Broker broker) throws Exception {
    String topic = broker.topic(1);
    broker.send(topic, 0, ReadingJson.write(Readings.power("m0", 1)));
    broker.send(topic, 0, ReadingJson.write(Readings.power("m0", Integer.MAX_VALUE)));
    try (Session reading = open(broker.config(topic))) {
      reading.until(() -> reading.readings.size() == 2);
      assertThat(reading.watermark()).isEqualTo(Readings.START + 1_000);
    }
  }

  @Test
  void goesOnFromAMarkWithoutLossOrCopies(Broker broker) throws Exception {
    String topic = broker.topic(3);
    for (int p = 0; p < 3; p++) {
      broker.send(topic, p, Readings.messages(Readings.powers("m" + p, 0, 1_000)));
    }
    KafkaPollSource<KafkaPoll> source = source(broker.config(topic).withMaxPollRecords(130));
    List<Reading> all = new ArrayList<>();
    KafkaMark mark = null;
    // A new reader after every second poll; half of what was polled is then not handed out yet.
    for (int i = 0; all.size() < 3_000 && i < 100; i++) {
      try (Session reading = new Session(source, mark)) {
        long before = mark == null ? Long.MIN_VALUE : mark.watermark();
        assertThat(reading.watermark()).isGreaterThanOrEqualTo(before);
        reading.until(
            () -> reading.polls.size() == 2 || all.size() + reading.readings.size() == 3_000);
        all.addAll(reading.readings);
        UnboundedSource.CheckpointMark taken = reading.reader.getCheckpointMark();
        mark = CoderUtils.clone(KafkaMarkCoder.of(), (KafkaMark) taken);
        assertThat(mark).isEqualTo(taken);
        reading.next();
      }
    }
    List<Reading> expected = new ArrayList<>();
    for (int p = 0; p < 3; p++) {
      expected.addAll(Readings.powers("m" + p, 0, 1_000));
    }
    assertThat(all).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(all.stream().filter(r -> r.meter().equals("m1")))
        .containsExactlyElementsOf(Readings.powers("m1", 0, 1_000));
  }

  @Test
  void aMarkKeepsTheClocks(Broker broker) throws Exception {
    String topic = broker.topic(1);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 10)));
    KafkaPollSource<KafkaPoll> source = source(broker.config(topic));
    KafkaMark mark;
    try (Session reading = new Session(source, null)) {
      reading.until(() -> reading.readings.size() == 10);
      mark = reading.reader.getCheckpointMark();
    }
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 5, 6)));
    try (Session reading = new Session(source, mark)) {
      reading.until(() -> reading.polls.size() == 1);
      assertThat(reading.polls.get(0).readings().clockMillis()).isEqualTo(Readings.START + 9_000);
      assertThat(reading.watermark()).isEqualTo(Readings.START + 9_000);
    }
  }

  @Test
  void offsetsAreCommittedOnlyWhenACheckpointIsFinal(Broker broker) throws Exception {
    String topic = broker.topic(1);
    KafkaConfig config = broker.config(topic);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 10)));
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Session reading = open(config)) {
      reading.until(() -> reading.readings.size() == 10);
      KafkaMark mark = reading.reader.getCheckpointMark();
      broker.send(topic, 0, Readings.messages(Readings.powers("m0", 10, 20)));
      reading.until(() -> reading.readings.size() == 20);
      assertThat(broker.committed(config.groupId())).isEmpty();
      mark.finalizeCheckpoint();
      reading.until(() -> !broker.committed(config.groupId()).isEmpty());
      assertThat(broker.committed(config.groupId()))
          .isEqualTo(Map.of(partition, StartClocks.toCommit(10, Readings.START + 9_000)));
      // One that becomes final just before the end is not forgotten.
      reading.reader.getCheckpointMark().finalizeCheckpoint();
    }
    assertThat(broker.committed(config.groupId()).get(partition).offset()).isEqualTo(20);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 20, 25)));
    try (Session reading = open(config.withStart(KafkaConfig.KafkaStart.COMMITTED))) {
      reading.until(() -> reading.readings.size() == 5);
      assertThat(reading.readings).isEqualTo(Readings.powers("m0", 20, 25));
    }
    try (Session reading = open(config)) {
      reading.until(() -> reading.readings.size() == 25);
    }
  }

  /** Further back than can be looked, so that only what was committed tells of it. */
  @Test
  void theClockIsCommittedWithTheOffset(Broker broker) throws Exception {
    String topic = broker.topic(2);
    KafkaConfig config = broker.config(topic);
    int behind = StartClocks.LOOK_BACK;
    broker.send(topic, 0, ReadingJson.write(Readings.power("m0", 50_000)));
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, behind)));
    try (Session reading = open(config)) {
      reading.until(() -> reading.readings.size() == behind + 1);
      reading.reader.getCheckpointMark().finalizeCheckpoint();
    }
    broker.send(topic, 0, ReadingJson.write(Readings.power("m0", 7)));
    broker.send(topic, 1, ReadingJson.write(Readings.power("m1", 8)));
    try (Session reading = open(config.withStart(KafkaConfig.KafkaStart.COMMITTED))) {
      reading.until(() -> reading.polls.size() == 2);
      assertThat(reading.polls)
          .extracting(poll -> poll.readings().clockMillis())
          .containsExactlyInAnyOrder(Readings.START + 50_000_000L, Long.MIN_VALUE);
      // What is read there is too late; the clock stays and is committed again.
      reading.reader.getCheckpointMark().finalizeCheckpoint();
    }
    assertThat(broker.committed(config.groupId()))
        .containsEntry(
            new TopicPartition(topic, 0),
            StartClocks.toCommit(behind + 2, Readings.START + 50_000_000L))
        .containsEntry(
            new TopicPartition(topic, 1), StartClocks.toCommit(1, Readings.START + 8_000));
  }

  @Test
  void aMarkCountsMoreThanWhatWasCommitted(Broker broker) throws Exception {
    String topic = broker.topic(2);
    KafkaConfig config = broker.config(topic).withStart(KafkaConfig.KafkaStart.COMMITTED);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 10)));
    broker.send(topic, 1, Readings.messages(Readings.powers("m1", 0, 10)));
    broker.commit(config.groupId(), topic, 0, StartClocks.toCommit(4, Readings.START + 80_000));
    broker.commit(config.groupId(), topic, 1, StartClocks.toCommit(4, Readings.START + 80_000));
    // Of the second partition the mark knows nothing.
    KafkaMark mark =
        new KafkaMark(
            new int[] {0}, new long[] {4}, new long[] {Readings.START + 3_000}, 0, ignored -> {});
    try (Session reading = new Session(source(config), mark)) {
      reading.until(() -> reading.polls.size() == 2);
      assertThat(reading.polls)
          .extracting(poll -> poll.readings().clockMillis())
          .containsExactlyInAnyOrder(Readings.START + 3_000, Readings.START + 80_000);
      assertThat(reading.readings).hasSize(12);
    }
  }

  @Test
  void anOffsetThatAnotherToolHasSetMakesItLookBack(Broker broker) throws Exception {
    String topic = broker.topic(1);
    KafkaConfig config = broker.config(topic).withStart(KafkaConfig.KafkaStart.COMMITTED);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 10)));
    broker.commit(config.groupId(), topic, 0, new OffsetAndMetadata(4));
    try (Session reading = open(config)) {
      reading.until(() -> reading.polls.size() == 1);
      assertThat(reading.readings).isEqualTo(Readings.powers("m0", 4, 10));
      assertThat(reading.polls.get(0).readings().clockMillis()).isEqualTo(Readings.START + 3_000);
    }
  }

  @Test
  void latestReadsOnlyWhatComes(Broker broker) throws Exception {
    String topic = broker.topic(1);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 10)));
    try (Session reading = open(broker.config(topic).withStart(KafkaConfig.KafkaStart.LATEST))) {
      reading.next();
      broker.send(topic, 0, Readings.messages(Readings.powers("m0", 10, 12)));
      reading.until(() -> reading.readings.size() == 2);
      assertThat(reading.readings).isEqualTo(Readings.powers("m0", 10, 12));
      assertThat(reading.polls.get(0).readings().clockMillis()).isEqualTo(Readings.START + 9_000);
    }
  }

  @Test
  void abortedMessagesNeverWereSent(Broker broker) throws Exception {
    String topic = broker.topic(1);
    broker.sendInTransaction(topic, 0, Readings.messages(Readings.powers("a", 0, 5)), true);
    broker.sendInTransaction(topic, 0, Readings.messages(Readings.powers("b", 5, 10)), false);
    try (Session reading = open(broker.config(topic))) {
      // 5 messages, a marker, 5 messages, a marker.
      reading.until(() -> reading.reader.getCheckpointMark().nextOffset(0) == 12);
      assertThat(reading.readings).isEqualTo(Readings.powers("a", 0, 5));
      reading.until(() -> reading.reader.getSplitBacklogBytes() == 0);
    }
  }

  @Test
  void goesOnAfterWhatRetentionHasDeleted(Broker broker) throws Exception {
    String topic = broker.topic(1);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 10)));
    KafkaPollSource<KafkaPoll> source = source(broker.config(topic).withMaxPollRecords(2));
    KafkaMark mark;
    try (Session reading = new Session(source, null)) {
      reading.until(() -> reading.readings.size() == 2);
      mark = reading.reader.getCheckpointMark();
    }
    broker.deleteBefore(topic, 0, 7);
    try (Session reading = new Session(source, mark)) {
      reading.until(() -> reading.readings.size() == 3);
      assertThat(reading.readings).isEqualTo(Readings.powers("m0", 7, 10));
    }
  }

  @Test
  void aTopicThatWasMadeAgainIsAnError(Broker broker) throws Exception {
    String topic = broker.topic(1);
    KafkaMark mark =
        new KafkaMark(new int[] {0}, new long[] {77}, new long[] {0}, 0, ignored -> {});
    try (Session reading = new Session(source(broker.config(topic)), mark)) {
      assertThatThrownBy(() -> reading.until(() -> false))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Offset 77")
          .hasMessageContaining("made again");
    }
  }

  @Test
  void aMissingTopicIsAnError(Broker broker) {
    assertThatThrownBy(() -> open(broker.config("no-such-topic")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-topic");
  }

  @Test
  @Tag("slow")
  void aBrokerThatIsAwayForAWhileLosesNothingAndMovesNoWatermark() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
      kafka.createTopic("readings", 2);
      KafkaConfig config =
          KafkaConfig.of(kafka.bootstrapServers(), "readings")
              .withIdlePartitionAfter(Duration.ofSeconds(2));
      send(kafka, 0, Readings.powers("m0", 0, 100));
      send(kafka, 1, Readings.powers("m1", 0, 10));
      try (Session reading = open(config)) {
        reading.until(() -> reading.readings.size() == 110);
        assertThat(reading.watermark()).isEqualTo(Readings.START + 9_000);
        reading.reader.getCheckpointMark().finalizeCheckpoint();
        kafka.stop();
        long end = System.nanoTime() + Duration.ofSeconds(6).toNanos();
        while (System.nanoTime() < end) {
          assertThat(reading.next()).isFalse();
        }
        assertThat(reading.watermark()).isEqualTo(Readings.START + 9_000);
        kafka.start();
        send(kafka, 1, Readings.powers("m1", 10, 50));
        reading.until(() -> reading.readings.size() == 150);
        reading.until(() -> reading.watermark() == Readings.START + 99_000);
      }
    }
  }

  private static void send(EmbeddedKafka kafka, int partition, List<Reading> readings)
      throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (byte[] message : Readings.messages(readings)) {
        producer.send(new ProducerRecord<>("readings", partition, null, message)).get();
      }
    }
  }
}
