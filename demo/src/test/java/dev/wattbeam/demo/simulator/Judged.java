package dev.wattbeam.demo.simulator;

import dev.wattbeam.io.kafka.ReadingJson;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.oracle.SequentialModel;
import dev.wattbeam.oracle.SequentialModel.Limits;
import dev.wattbeam.oracle.SequentialModel.Result;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A simulated fleet whose deliveries went through the wire format, a few partitions and the
 * sequential model.
 *
 * @param deadLetters of parsing and of the model
 */
record Judged(
    FleetSimulator simulator,
    List<Delivery> deliveries,
    Result result,
    Map<DeadLetterCode, Long> deadLetters) {
  static final int PARTITIONS = 3;

  /** Runs the whole period. */
  static Judged run(SimulatorConfig config) {
    FleetSimulator simulator = FleetSimulator.of(config);
    List<Delivery> deliveries = new ArrayList<>();
    for (Delivery next = simulator.next(); next != null; next = simulator.next()) {
      deliveries.add(next);
    }
    Map<DeadLetterCode, Long> deadLetters = new EnumMap<>(DeadLetterCode.class);
    List<ReadingBatch.Builder> partitions = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      partitions.add(new ReadingBatch.Builder("readings", i, Long.MIN_VALUE, 1000));
    }
    ReadingJson json = new ReadingJson();
    for (int i = 0; i < deliveries.size(); i++) {
      Delivery delivery = deliveries.get(i);
      ReadingBatch.Builder partition = partitions.get(partition(delivery));
      if (!json.parse(delivery.payload(), i, delivery.deliveryTimeMillis(), partition)) {
        deadLetters.merge(json.code(), 1L, Long::sum);
      }
    }
    Result result =
        new SequentialModel(
                simulator.fleet().toDirectory(),
                Limits.DEFAULT.withAllowedLateness(config.allowedLateness().toMillis()))
            .run(partitions.stream().map(ReadingBatch.Builder::build).toList());
    result.deadLetters().forEach((code, count) -> deadLetters.merge(code, count, Long::sum));
    return new Judged(simulator, deliveries, result, deadLetters);
  }

  /** The partition that a delivery goes to. */
  static int partition(Delivery delivery) {
    return Math.floorMod(delivery.key().hashCode(), PARTITIONS);
  }

  SimulatorTruth truth() {
    return simulator.truth();
  }
}
