package dev.wattbeam.oracle;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.QualityMix;
import dev.wattbeam.model.RowFlag;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** A row in the making; plain fields that its builders fill. */
final class Cell {
  BigInteger energy = BigInteger.ZERO;
  long covered;
  long expected;

  /** Null as long as nothing is covered. */
  BigInteger minPower;

  BigInteger maxPower;
  long samples;
  final Set<RowFlag> flags = EnumSet.noneOf(RowFlag.class);
  final Map<Quality, Long> quality = new EnumMap<>(Quality.class);
  long revision;

  boolean isFull() {
    return covered == Exact.QUARTER;
  }

  void addPower(BigInteger power) {
    minPower = minPower == null ? power : minPower.min(power);
    maxPower = maxPower == null ? power : maxPower.max(power);
  }

  /** Energy, time, samples and quality; neither power, nor flags, nor what was expected. */
  void addAmounts(Cell other) {
    energy = energy.add(other.energy);
    covered += other.covered;
    samples += other.samples;
    revision += other.revision;
    other.quality.forEach((code, millis) -> quality.merge(code, millis, Long::sum));
  }

  Consumption toConsumption() {
    int bits = 0;
    for (RowFlag flag : flags) {
      bits |= flag.bit();
    }
    QualityMix mix = QualityMix.NONE;
    for (Map.Entry<Quality, Long> part : quality.entrySet()) {
      mix = mix.plus(QualityMix.of(part.getKey(), part.getValue()));
    }
    return new Consumption(
        energy.longValueExact(),
        covered,
        expected,
        minPower == null ? 0 : minPower.longValueExact(),
        maxPower == null ? 0 : maxPower.longValueExact(),
        samples,
        bits,
        mix,
        revision);
  }
}
