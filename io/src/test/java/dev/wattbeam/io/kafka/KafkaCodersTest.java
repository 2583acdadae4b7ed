package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.model.DeadLetterCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;

class KafkaCodersTest {
  @Test
  void marks() throws Exception {
    KafkaMark mark =
        new KafkaMark(
            new int[] {0, 2},
            new long[] {17, KafkaMark.NO_OFFSET},
            new long[] {Readings.START, PartitionClocks.NONE},
            Readings.START - 1,
            ignored -> {});
    CoderProperties.coderDecodeEncodeEqual(KafkaMarkCoder.of(), mark);
    CoderProperties.coderDeterministic(KafkaMarkCoder.of(), mark, mark);
    CoderProperties.coderSerializable(KafkaMarkCoder.of());
    byte[] bytes = CoderUtils.encodeToByteArray(KafkaMarkCoder.of(), mark);
    assertThat(CoderUtils.decodeFromByteArray(KafkaMarkCoder.of(), bytes).toString())
        .isEqualTo(mark.toString());
    bytes[0] = 9;
    assertThatThrownBy(() -> KafkaMarkCoder.of().decode(new ByteArrayInputStream(bytes)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("version 9");
  }

  @Test
  void aMarkHandsItselfToTheReader() {
    List<KafkaMark> committed = new ArrayList<>();
    KafkaMark mark =
        new KafkaMark(new int[] {0}, new long[] {1}, new long[] {2}, 3, committed::add);
    mark.finalizeCheckpoint();
    assertThat(committed).containsExactly(mark);
  }

  @Test
  void microBatchMarks() throws Exception {
    MicroBatchMark mark =
        CoderUtils.clone(MicroBatchMarkCoder.of(), new MicroBatchMark(3, 17, 18, Readings.START));
    assertThat(mark.toString()).startsWith("MicroBatchMark[number=3, start=17, end=18, clock=17");
    CoderProperties.coderDecodeEncodeEqual(MicroBatchMarkCoder.of(), mark);
    CoderProperties.coderDeterministic(MicroBatchMarkCoder.of(), mark, mark);
    CoderProperties.coderSerializable(MicroBatchMarkCoder.of());
  }

  @Test
  void polls() throws Exception {
    PollParser parser =
        new PollParser(KafkaConfig.of("localhost:1", "readings"), Readings.LIMITS, "test");
    parser.begin(3, PartitionClocks.NONE, PartitionClocks.NONE, 2);
    parser.add(5, Readings.START, ReadingJson.write(Readings.power("m1", 1)));
    parser.add(6, Readings.START, null);
    assertThat(parser.clock()).isEqualTo(Readings.START + 1_000);
    KafkaPoll poll = parser.end();
    assertThat(poll.readings().clockMillis()).isEqualTo(PartitionClocks.NONE);
    assertThat(poll.deadLetters())
        .extracting(letter -> letter.code())
        .containsExactly(DeadLetterCode.EMPTY_MESSAGE);
    CoderProperties.coderDecodeEncodeEqual(KafkaPollCoder.of(), poll);
    CoderProperties.coderSerializable(KafkaPollCoder.of());
  }

  @Test
  void sourcesTravel() {
    KafkaConfig config = KafkaConfig.of("localhost:1", "readings");
    assertThat(
            SerializableUtils.clone(
                    new KafkaPollSource<>(
                        config, Readings.LIMITS, new ReadingPolls(Readings.LIMITS, "test")))
                .getCheckpointMarkCoder())
        .isEqualTo(KafkaMarkCoder.of());
    assertThat(
            SerializableUtils.clone(
                    new KafkaRangeSource<>(
                        config, Readings.LIMITS, new ReadingPolls(Readings.LIMITS, "test")))
                .getOutputCoder())
        .isEqualTo(KafkaPollCoder.of());
  }
}
