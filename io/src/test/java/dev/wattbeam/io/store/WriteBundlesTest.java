package dev.wattbeam.io.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.QualityMix;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.junit.jupiter.api.Test;

/** The sink on a store that is away for some time. */
class WriteBundlesTest {
  /** What the stores of the tests were given, by name. */
  private static final Map<String, Backing> STORES = new ConcurrentHashMap<>();

  private static final class Backing {
    final List<List<?>> writes = new ArrayList<>();
    int refusals;
  }

  private record TestConfig(String name, Duration retryFor) implements RowStoreConfig {
    @Override
    public String kind() {
      return "Test";
    }

    @Override
    public RowStore open() throws StoreAwayException {
      Backing backing = STORES.get(name);
      away(backing);
      return new RowStore() {
        @Override
        public void writeRows(List<ConsumptionRow> rows) throws StoreAwayException {
          away(backing);
          backing.writes.add(rows);
        }

        @Override
        public void writeLatest(List<Reading> readings) throws StoreAwayException {
          away(backing);
          backing.writes.add(readings);
        }

        @Override
        public void close() {}
      };
    }

    private static synchronized void away(Backing backing) throws StoreAwayException {
      if (backing.refusals-- > 0) {
        throw new StoreAwayException("Test is away", null);
      }
    }

    @Override
    public List<String> prepare() {
      return List.of();
    }
  }

  private static Backing run(String name, int refusals, Duration retryFor) {
    Backing backing = new Backing();
    backing.refusals = refusals;
    STORES.put(name, backing);
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    pipeline
        .apply(
            "Rows",
            Create.of(new ConsumptionRows(List.of(row(1, 5), row(1, 9), row(1, 7), row(2, 1)))))
        .apply("Write", StoreConsumption.to(new TestConfig(name, retryFor)));
    pipeline.run().waitUntilFinish();
    return backing;
  }

  @Test
  void waitsWhileTheStoreIsAway() {
    Backing backing = run("away", 3, Duration.ofMinutes(1));
    assertThat(backing.writes)
        .singleElement()
        .asInstanceOf(LIST)
        .containsExactlyInAnyOrder(row(1, 9), row(2, 1));
  }

  @Test
  void givesUpWhenTheTimeIsOver() {
    assertThatThrownBy(() -> run("gone", Integer.MAX_VALUE, Duration.ofMillis(300)))
        .rootCause()
        .hasMessage("Test is away");
    assertThatThrownBy(() -> run("gone2", Integer.MAX_VALUE, Duration.ofMillis(300)))
        .hasMessageContaining("Gave up writing 4 rows after")
        .hasMessageContaining("within PT0.3S. Test is away");
  }

  @Test
  void keepsOneVersionPerKey() {
    assertThat(NewestVersions.ofRows(List.of(row(1, 5), row(1, 4), row(2, 3))))
        .containsExactly(row(1, 5), row(2, 3));
    Reading old = Reading.of("m", "c", ReadingType.POWER, 10, 5, 0);
    Reading preferred = new Reading("m", "c", ReadingType.POWER, 10, 4, 0, 1, Quality.QUESTIONABLE);
    Reading other = Reading.of("m", "d", ReadingType.POWER, 1, 5, 0);
    assertThat(NewestVersions.ofReadings(List.of(old, preferred, old, other)))
        .containsExactly(preferred, other);
  }

  private static ConsumptionRow row(long start, long revision) {
    return new ConsumptionRow(
        OwnerKind.METER,
        "m",
        "import",
        Level.INTERVAL,
        start,
        start + 1,
        new Consumption(1, 1, 1, 1, 1, 1, 0, QualityMix.of(Quality.VALID, 1), revision));
  }
}
