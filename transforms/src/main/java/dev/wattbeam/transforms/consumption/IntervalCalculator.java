package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.QualityMix;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.RowFlag;

/** Shares the energy of spans out to 15-minute intervals. */
final class IntervalCalculator {
  private static final long REACH_SECONDS = Neighbourhood.REACH_MILLIS / 1000;

  /** More than the readings that are counted within a second. */
  private static final long SECOND = 1000;

  private static final Quality[] QUALITIES = Quality.values();

  private final long first;
  private final long[] energy;
  private final long[] covered;
  private final long[] minPower;
  private final long[] maxPower;
  private final int[] samples;
  private final int[] flags;
  private final long[][] coveredByQuality;

  /** By interval: how many claims begin there, less how many ended before. */
  private final int[] claims;

  private IntervalCalculator(long first, int count) {
    this.first = first;
    energy = new long[count];
    covered = new long[count];
    minPower = new long[count];
    maxPower = new long[count];
    samples = new int[count];
    flags = new int[count];
    coveredByQuality = new long[count][];
    claims = new int[count + 1];
  }

  /**
   * What is known about each of some intervals; null where no reading claims anything.
   *
   * @param first number of the first interval
   * @param before what was known before; stands for the claims of readings after these intervals,
   *     which were made when those readings came, and never end
   */
  static Consumption[] calculate(
      ReadingType type, Readings readings, Spans spans, long first, Consumption[] before) {
    IntervalCalculator calculator = new IntervalCalculator(first, before.length);
    calculator.addSamples(readings, spans);
    for (int i = 0; i < spans.size(); i++) {
      calculator.addSpan(spans, i);
    }
    return calculator.results(
        readings, type == ReadingType.REGISTER ? Registers.REACH : Spans.REACH, before);
  }

  private void addSamples(Readings readings, Spans spans) {
    int count = energy.length;
    for (int i = readings.firstAfter(Intervals.start(first)); i < readings.size; i++) {
      long place = Intervals.closing(readings.time[i]) - first;
      if (place >= count) {
        return;
      }
      int at = (int) place;
      long claimed = Math.min(Intervals.containing(spans.claimStart(i)) - first, place);
      claims[(int) Math.max(claimed, 0)]++;
      claims[at + 1]--;
      samples[at]++;
      flags[at] |= spans.flags(i);
      if (readings.contested[i]) {
        flags[at] |= RowFlag.CONFLICT.bit();
      }
    }
  }

  private void addSpan(Spans spans, int i) {
    long start = spans.start(i);
    long end = spans.end(i);
    long from = Intervals.containing(start);
    long to = Intervals.closing(end);
    if (to < first || from >= first + energy.length) {
      return;
    }
    boolean shared = from != to;
    long length = end - start;
    long low = Math.max(from, first);
    long high = Math.min(to, first + energy.length - 1);
    long before =
        Energy.shareBefore(spans.energy(i), Math.max(Intervals.start(low) - start, 0), length);
    for (long interval = low; interval <= high; interval++) {
      int at = (int) (interval - first);
      long intervalEnd = Intervals.start(interval + 1);
      long until = Energy.shareBefore(spans.energy(i), intervalEnd - start, length);
      long overlap = Math.min(end, intervalEnd) - Math.max(start, Intervals.start(interval));
      long power = spans.power(i);
      minPower[at] = covered[at] == 0 ? power : Math.min(minPower[at], power);
      maxPower[at] = covered[at] == 0 ? power : Math.max(maxPower[at], power);
      energy[at] += until - before;
      covered[at] += overlap;
      addQuality(at, spans.quality(i), overlap);
      if (shared) {
        flags[at] |= RowFlag.SHARED.bit();
      }
      before = until;
    }
  }

  private void addQuality(int at, Quality quality, long overlap) {
    if (quality == Quality.VALID && coveredByQuality[at] == null) {
      return;
    }
    if (coveredByQuality[at] == null) {
      coveredByQuality[at] = new long[QUALITIES.length];
      coveredByQuality[at][Quality.VALID.ordinal()] = covered[at] - overlap;
    }
    coveredByQuality[at][quality.ordinal()] += overlap;
  }

  private Consumption[] results(Readings readings, int neighbours, Consumption[] before) {
    Consumption[] results = new Consumption[energy.length];
    int claimed = 0;
    for (int at = 0; at < results.length; at++) {
      claimed += claims[at];
      if (claimed > 0 || before[at] != null) {
        results[at] =
            new Consumption(
                energy[at],
                covered[at],
                Intervals.MILLIS,
                minPower[at],
                maxPower[at],
                samples[at],
                flags[at],
                quality(at),
                revision(readings, at, neighbours));
      }
    }
    return results;
  }

  private QualityMix quality(int at) {
    if (coveredByQuality[at] == null) {
      return QualityMix.of(Quality.VALID, covered[at]);
    }
    QualityMix mix = QualityMix.NONE;
    for (Quality quality : QUALITIES) {
      mix = mix.plus(QualityMix.of(quality, coveredByQuality[at][quality.ordinal()]));
    }
    return mix;
  }

  /**
   * How much is known: grows with every reading or copy in the interval, and with every one that is
   * as near as the last neighbour that can matter, so it is the same for equal knowledge, never
   * falls as more becomes known, and is another one whenever the content is.
   */
  private long revision(Readings readings, int at, int neighbours) {
    long start = Intervals.start(first + at);
    long end = start + Intervals.MILLIS;
    int inside = readings.firstAfter(start);
    int after = readings.firstAfter(end);

    int last = inside - neighbours;
    long seconds = last < 0 ? REACH_SECONDS : secondsUp(start - readings.time[last]);
    int from = readings.firstAfter(start - seconds * 1000 - 1);
    long revision =
        readings.known(inside, after) + closeness(seconds, readings.known(from, inside));

    last = after + neighbours - 1;
    seconds = last >= readings.size ? REACH_SECONDS : secondsUp(readings.time[last] - end);
    int to = readings.firstAfter(end + seconds * 1000);
    return revision + closeness(seconds, readings.known(after, to));
  }

  private static long secondsUp(long millis) {
    return Math.min(REACH_SECONDS, (millis + 999) / 1000);
  }

  private static long closeness(long seconds, long known) {
    return (REACH_SECONDS - seconds) * SECOND + Math.min(SECOND - 1, known);
  }
}
