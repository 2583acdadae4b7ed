package dev.wattbeam.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.benchmarks.parts.Workload;
import dev.wattbeam.io.kafka.ReadingJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MessagesTest {
  private static final int METERS = 100;
  private static final long RECORDS = 40_000;

  @ParameterizedTest
  @EnumSource
  void aTopicHoldsAsManyMessagesAsAskedForAndIsTheSameEachTime(Workload workload) {
    assertThat(all(workload, 1)).hasSize((int) RECORDS).isEqualTo(all(workload, 1));
    assertThat(all(workload, 2)).isNotEqualTo(all(workload, 1));
  }

  @ParameterizedTest
  @EnumSource
  void theProductsParserReadsWhatTheGeneratorSays(Workload workload) {
    ReadingJson json = new ReadingJson();
    for (int partition = 0; partition < Messages.PARTITIONS; partition++) {
      Messages messages = messages(workload, 1, partition);
      while (messages.next()) {
        Messages.Message message = messages.message();
        assertThat(json.parse(message.json())).isEqualTo(message.wellFormed());
        if (message.wellFormed()) {
          assertThat(json.meterChannel().meter()).isEqualTo(Messages.meterName(message.meter()));
          assertThat(message.meter() % Messages.PARTITIONS).isEqualTo(partition);
          assertThat(json.timeMillis()).isEqualTo(message.timeMillis());
          assertThat(json.value()).isEqualTo(message.nanos());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneMessageInAHundredIsLateByAtMostFiveSeconds(Workload workload) {
    long late = 0;
    for (int partition = 0; partition < Messages.PARTITIONS; partition++) {
      Messages messages = messages(workload, 1, partition);
      while (messages.next()) {
        long delay = messages.sentMillis() - messages.message().timeMillis();
        assertThat(delay).isBetween(0L, 5_000L);
        late += delay > 0 ? 1 : 0;
      }
    }
    // Copies are late as well.
    double expected = workload == Workload.WHOLE_JOB ? 0.02 : 0.01;
    assertThat(late / (double) RECORDS).isBetween(expected * 0.7, expected * 1.4);
  }

  @Test
  void metersReportOncePerPeriod() {
    Map<Integer, Set<Long>> times = new HashMap<>();
    for (int partition = 0; partition < Messages.PARTITIONS; partition++) {
      Messages messages = messages(Workload.HIERARCHY, 1, partition);
      while (messages.next()) {
        Messages.Message message = messages.message();
        assertThat(
                times
                    .computeIfAbsent(message.meter(), meter -> new HashSet<>())
                    .add(message.timeMillis()))
            .isTrue();
        assertThat(message.timeMillis() / 1_000 % 10).isEqualTo(message.meter() % 10);
      }
    }
    assertThat(times).hasSize(METERS);
    assertThat(times.values())
        .allSatisfy(of -> assertThat((double) of.size()).isBetween(398.0, 402.0));
  }

  @Test
  void theWholeJobHasCopiesMalformedMessagesAndRegistersThatStartAgain() {
    Set<String> different = new HashSet<>();
    long malformed = 0;
    long resets = 0;
    Map<Integer, Long> registers = new HashMap<>();
    for (int partition = 0; partition < Messages.PARTITIONS; partition++) {
      Messages messages = messages(Workload.WHOLE_JOB, 1, partition);
      while (messages.next()) {
        Messages.Message message = messages.message();
        different.add(new String(message.json(), StandardCharsets.UTF_8));
        malformed += message.wellFormed() ? 0 : 1;
        if (message.wellFormed() && Messages.isRegister(message.meter())) {
          Long before = registers.put(message.meter(), message.nanos());
          resets += message.nanos() == 0 && before != null && before > 0 ? 1 : 0;
        }
      }
    }
    assertThat(RECORDS - different.size()).isBetween(RECORDS / 150, RECORDS / 70);
    assertThat(malformed).isBetween(RECORDS / 2_500, RECORDS / 500);
    assertThat(resets).isPositive();
  }

  @Test
  void eachPartitionGetsTheShareOfItsMeters() {
    assertThat(Messages.share(10, 1_000, 0)).isEqualTo(300);
    assertThat(Messages.share(10, 1_000, 1)).isEqualTo(300);
    assertThat(Messages.share(10, 1_000, 2)).isEqualTo(200);
    assertThat(Messages.share(10, 1_000, 3)).isEqualTo(200);
  }

  private static List<String> all(Workload workload, long seed) {
    List<String> all = new ArrayList<>();
    for (int partition = 0; partition < Messages.PARTITIONS; partition++) {
      Messages messages = messages(workload, seed, partition);
      while (messages.next()) {
        all.add(
            messages.sentMillis()
                + " "
                + new String(messages.message().json(), StandardCharsets.UTF_8));
      }
    }
    return all;
  }

  private static Messages messages(Workload workload, long seed, int partition) {
    return new Messages(workload, METERS, RECORDS, seed, partition);
  }
}
