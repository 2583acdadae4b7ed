package dev.wattbeam.benchmarks.parts;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.io.postgres.PostgresRows;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.Reading;
import dev.wattbeam.transforms.consumption.GroupUpdate;
import dev.wattbeam.transforms.consumption.MetersInMemory;
import dev.wattbeam.transforms.quality.ReadingValidator;
import java.util.function.Consumer;

/** Sends all results of the whole job to PostgreSQL, but for what groups are made of. */
public final class WholeJobOutput implements MetersInMemory.Output, ReadingValidator.Output {
  private final PostgresRows rows;
  private final Consumer<GroupUpdate> groups;

  public WholeJobOutput(PostgresRows rows, Consumer<GroupUpdate> groups) {
    this.rows = requireNonNull(rows, "rows");
    this.groups = requireNonNull(groups, "groups");
  }

  @Override
  public void row(ConsumptionRow row) {
    rows.add(row);
  }

  @Override
  public void latest(Reading reading) {
    rows.addLatest(reading);
  }

  @Override
  public void groups(GroupUpdate update) {
    groups.accept(update);
  }

  @Override
  public void conflict(DeadLetter letter) {
    rows.add(letter);
  }

  @Override
  public void late(LateReading reading) {
    rows.add(reading);
  }

  @Override
  public void rejected(DeadLetter letter) {
    rows.add(letter);
  }
}
