package dev.wattbeam.demo.simulator;

import dev.wattbeam.demo.simulator.Delivery.Outcome;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.ReadingType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * A fleet of meters, its deliveries in the order in which they reach the topic, and the truth.
 *
 * <p>Deterministic: equal configurations give equal deliveries. Defects have random numbers of
 * their own, so that what is used does not depend on them. Time is simulated; see {@link
 * DeliveryPacer} for real time.
 *
 * <p>To be read by one thread; {@link #truth} by any.
 */
public final class FleetSimulator {
  private static final long SHORTEST_DELAY = 100;
  private static final long STEP_MILLIS = 60_000;
  private static final long LOCAL_TIME_LEAD = Duration.ofHours(14).toMillis();
  private static final int GHOSTS = 50;
  private static final byte[] UTC = JsonEncoder.ascii("Z");
  private static final byte[] NOTHING = {};
  private static final long FAR_FUTURE = 253_370_764_800_000L; // year 9999
  private static final Defect[] DEFECTS = Defect.values();

  private record Pending(Delivery delivery, MeterState meter, long order) {}

  private final SimulatorConfig config;
  private final Fleet fleet;
  private final SimulatorTruth truth = new SimulatorTruth();
  private final Conditions conditions;
  private final JsonEncoder encoder = new JsonEncoder();
  private final MeterState[] meters;
  private final long[] periods;
  private final Map<Long, MeterState[]> dueBySet = new HashMap<>();
  private final Map<Integer, byte[]> offsets = new HashMap<>();
  private final double[] thresholds = new double[DEFECTS.length];
  private final long tickMillis;
  private final long latenessMillis;
  private final long endMillis;
  private final PriorityQueue<Pending> pending =
      new PriorityQueue<>(
          Comparator.<Pending>comparingLong(p -> p.delivery().deliveryTimeMillis())
              .thenComparingLong(Pending::order));
  private final List<Delivery> buffer = new ArrayList<>();
  private int position;
  private long tick;
  private long order;

  private FleetSimulator(SimulatorConfig config) {
    this.config = config;
    fleet = Fleet.of(config);
    conditions = new Conditions(config.seed(), config.zone(), config.start());
    latenessMillis = config.allowedLateness().toMillis();
    endMillis = config.end() == null ? Long.MAX_VALUE : config.end().toEpochMilli();
    tick = config.start().toEpochMilli();
    periods =
        fleet.types().stream().mapToLong(type -> type.nominalPeriodMillis()).distinct().toArray();
    tickMillis = Arrays.stream(periods).reduce(0, FleetSimulator::greatestCommonDivisor);
    meters = new MeterState[fleet.meters().size()];
    for (int i = 0; i < meters.length; i++) {
      meters[i] = newMeter(i);
    }
    double sum = 0;
    for (Defect defect : DEFECTS) {
      sum += defect == Defect.ROLLOVER ? 0 : config.defects().of(defect);
      thresholds[defect.ordinal()] = sum;
    }
  }

  /** A simulator at the start of its period. */
  public static FleetSimulator of(SimulatorConfig config) {
    return new FleetSimulator(config);
  }

  public SimulatorConfig config() {
    return config;
  }

  /** The meters and the hierarchy above them. */
  public Fleet fleet() {
    return fleet;
  }

  /** What the fleet really used, and what has to be made of the deliveries so far. */
  public SimulatorTruth truth() {
    return truth;
  }

  /** The next delivery in the order of delivery time, or null when the period is over. */
  public Delivery next() {
    if (position == buffer.size() && !refill()) {
      return null;
    }
    Delivery next = buffer.get(position++);
    truth.count(next);
    return next;
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  private MeterState newMeter(int i) {
    Meter meter = fleet.meters().get(i);
    Rng random = new Rng(config.seed(), i);
    boolean shop = Fleet.isShop(meter);
    int rating = shop ? Fleet.SHOP_WATTS : Fleet.HOUSEHOLD_WATTS;
    boolean solar = meter.channels().containsKey("export");
    // A tenth below the rating: what registers round up must not look like too much.
    Load load = new Load(random, shop, solar, rating * 9 / 10);
    long longest = Math.min(tickMillis - 100, SimulatorTruth.LONGEST_USUAL_DELAY);
    long delay = random.between(SHORTEST_DELAY, longest);
    int style = random.nextInt(20);
    return new MeterState(
        meter,
        load,
        delay,
        rating,
        style < 14
            ? MeterState.TimeStyle.UTC
            : style < 17 ? MeterState.TimeStyle.OFFSET : MeterState.TimeStyle.LOCAL,
        newChannel(meter, "import", i, rating),
        solar ? newChannel(meter, "export", i, rating) : null);
  }

  private ChannelState newChannel(Meter meter, String name, int i, int rating) {
    Rng random = new Rng(~config.seed(), 2L * i + (name.equals("export") ? 1 : 0));
    boolean rollsOver = random.nextDouble() < config.defects().rollover();
    long farFromModulus = 1_000_000 + random.between(0, 60_000_000);
    long nearModulus = Fleet.MODULUS_WH - random.between(500, 4_500);
    TruthSeries series =
        truth.add(
            new MeterChannel(meter.name(), name),
            meter.channels().get(name) == ReadingType.REGISTER,
            meter.type().nominalPeriodMillis(),
            config.start().toEpochMilli());
    return new ChannelState(
        meter, name, series, random, rollsOver ? nearModulus : farFromModulus, rating);
  }

  /** Whether there is another delivery. */
  private boolean refill() {
    buffer.clear();
    position = 0;
    synchronized (truth) {
      while (buffer.isEmpty()) {
        if (tick <= endMillis) {
          for (MeterState meter : due(tick)) {
            release(tick + meter.delayMillis);
            measure(meter, tick);
          }
          tick += tickMillis;
        } else if (pending.isEmpty()) {
          truth.finish();
          return false;
        } else {
          release(pending.peek().delivery().deliveryTimeMillis());
        }
      }
    }
    return true;
  }

  /** The meters that measure at this moment, in the order in which they deliver. */
  private MeterState[] due(long time) {
    long set = 0;
    for (int i = 0; i < periods.length; i++) {
      set |= time % periods[i] == 0 ? 1L << i : 0;
    }
    return dueBySet.computeIfAbsent(
        set,
        s ->
            Arrays.stream(meters)
                .filter(meter -> time % meter.periodMillis == 0)
                .sorted(Comparator.comparingLong(meter -> meter.delayMillis))
                .toArray(MeterState[]::new));
  }

  /** Hands out what was on its way and arrives by this time. */
  private void release(long until) {
    while (!pending.isEmpty() && pending.peek().delivery().deliveryTimeMillis() <= until) {
      Pending next = pending.poll();
      Delivery delivery = next.delivery();
      if (delivery.outcome != Outcome.LATE || isTooLate(next)) {
        hand(next.meter(), delivery);
      } else if (tick <= endMillis) {
        later(next.meter(), delivery.at(delivery.deliveryTimeMillis() + 3_600_000L));
      } else {
        // Nothing will move the clock any more: it would be in time after all.
        truth.countMissing();
      }
    }
  }

  /** By the meter's own deliveries, so whatever else shares its partition. */
  private boolean isTooLate(Pending late) {
    long clock = late.meter().clockMillis;
    return clock != Long.MIN_VALUE && late.delivery().eventTimeMillis() < clock - latenessMillis;
  }

  private void hand(MeterState meter, Delivery delivery) {
    buffer.add(delivery);
    if (delivery.outcome != Outcome.DEAD_LETTER) {
      long counted = delivery.eventTimeMillis();
      if (meter.timeStyle == MeterState.TimeStyle.LOCAL) {
        counted += conditions.offsetMillis(counted) - LOCAL_TIME_LEAD;
      }
      meter.clockMillis = Math.max(meter.clockMillis, counted);
    }
  }

  private void later(MeterState meter, Delivery delivery) {
    pending.add(new Pending(delivery, meter, order++));
  }

  private void measure(MeterState meter, long time) {
    long period = meter.periodMillis;
    boolean first = time - period < config.start().toEpochMilli();
    boolean register = meter.imports.type == ReadingType.REGISTER;
    if (first && !register) {
      return;
    }
    long used = 0;
    long surplus = 0;
    if (!first) {
      long step = Math.min(period, STEP_MILLIS);
      int stepSeconds = (int) (step / 1000);
      for (long t = time - period + step; t <= time; t += step) {
        int slot = conditions.slot(t - 1);
        int net = meter.load.netWatts(t, stepSeconds, conditions, slot);
        if (net > 0) {
          used += (long) net * stepSeconds;
        } else {
          surplus -= (long) net * stepSeconds;
        }
      }
    }
    measure(meter, meter.imports, time, used);
    if (meter.exports != null) {
      measure(meter, meter.exports, time, surplus);
    }
  }

  private void measure(MeterState meter, ChannelState channel, long time, long joules) {
    boolean rolledOver = false;
    long value;
    switch (channel.type) {
      case POWER -> value = channel.takePower(joules);
      case INTERVAL -> value = channel.takeEnergy(joules);
      default -> {
        long wh = channel.takeEnergy(joules);
        rolledOver = channel.advanceRegister(wh);
        value = channel.registerWh();
        channel.truth.use(time, wh * 3_600_000L);
        send(meter, channel, time, value, wh, draw(channel), rolledOver);
        return;
      }
    }
    channel.truth.use(time, channel.energyMj(value));
    send(meter, channel, time, value, value, draw(channel), false);
  }

  /** What goes wrong with the next reading, as far as this channel can have it now. */
  private Defect draw(ChannelState channel) {
    if (channel.frozenLeft > 0) {
      return Defect.FROZEN;
    }
    double random = channel.random.nextDouble();
    if (random >= thresholds[DEFECTS.length - 1]) {
      return Defect.NONE;
    }
    int i = 0;
    while (random >= thresholds[i]) {
      i++;
    }
    return switch (DEFECTS[i]) {
      case RESET, GLITCH -> channel.mayFall() ? DEFECTS[i] : Defect.NONE;
      case SPIKE -> channel.mayBeWrong() ? Defect.SPIKE : Defect.NONE;
      case FROZEN -> {
        if (channel.mayBeWrong()) {
          channel.frozenLeft = 4 + channel.random.nextInt(9);
        }
        yield Defect.NONE;
      }
      default -> DEFECTS[i];
    };
  }

  private void send(
      MeterState meter,
      ChannelState channel,
      long time,
      long value,
      long step,
      Defect defect,
      boolean rolledOver) {
    long arrives = time + meter.delayMillis;
    Rng random = channel.random;
    long sequence = channel.nextSequence();
    switch (defect) {
      case NONE -> {
        // A run of frozen values starts with a right one.
        channel.frozenValue = value;
        use(meter, channel, time, arrives, value, sequence, rolledOver ? Defect.ROLLOVER : defect);
      }
      case LATE -> {
        long most = Math.min(config.longestDelay().toMillis(), latenessMillis - meter.delayMillis);
        long least = Math.min(2 * meter.periodMillis, most);
        use(meter, channel, time, arrives + random.between(least, most), value, sequence, defect);
      }
      case OUT_OF_ORDER -> {
        long delay = meter.periodMillis * (1 + random.nextInt(3)) + random.nextInt(1000);
        long most = latenessMillis - meter.delayMillis;
        use(meter, channel, time, arrives + Math.min(delay, most), value, sequence, defect);
      }
      case TOO_LATE -> {
        lose(channel, time);
        long delay = latenessMillis + 2 * meter.periodMillis + random.between(0, 7_200_000);
        byte[] payload = encode(meter, channel, channel.prefix, time, value, sequence);
        later(
            meter,
            new Delivery(
                meter.meter.name(),
                payload,
                time,
                arrives + delay,
                defect,
                Outcome.LATE,
                null,
                null));
      }
      case DUPLICATE -> {
        Delivery original = use(meter, channel, time, arrives, value, sequence, Defect.NONE);
        long most = Math.min(1_800_000, latenessMillis / 2);
        for (int copies = 1 + random.nextInt(2); copies > 0; copies--) {
          later(
              meter,
              new Delivery(
                  original.key(),
                  original.payload(),
                  time,
                  arrives + random.between(1, most),
                  defect,
                  Outcome.DUPLICATE,
                  null,
                  null));
        }
      }
      case MISSING -> {
        lose(channel, time);
        truth.countMissing();
      }
      case SPIKE -> sendSpike(meter, channel, time, arrives, value, sequence);
      case RESET -> {
        // Somewhere within the step: what was used before is lost.
        long since = random.between(0, step);
        channel.resetRegister(since);
        channel.wasWrong();
        channel.truth.touch(time - meter.periodMillis, time);
        give(meter, channel, time, arrives, since, sequence, defect);
      }
      case GLITCH -> {
        channel.wasWrong();
        channel.truth.touch(time - meter.periodMillis, time + meter.periodMillis);
        give(meter, channel, time, arrives, 0, sequence, defect);
      }
      case FROZEN -> {
        channel.frozenLeft--;
        channel.wasWrong();
        sendWrong(meter, channel, time, arrives, channel.frozenValue, sequence, defect);
      }
      case BAD_UNIT -> {
        boolean unknown = random.nextInt(2) == 0;
        byte[] prefix = unknown ? channel.unknownUnitPrefix : channel.misfitUnitPrefix;
        reject(
            meter,
            channel,
            time,
            arrives,
            encode(meter, channel, prefix, time, value, sequence),
            defect,
            unknown ? DeadLetterCode.UNKNOWN_UNIT : DeadLetterCode.UNIT_MISMATCH);
      }
      case MALFORMED -> {
        byte[] payload = encode(meter, channel, channel.prefix, time, value, sequence);
        if (random.nextInt(2) == 0) {
          payload = Arrays.copyOf(payload, 1 + random.nextInt(payload.length - 1));
        } else {
          // A byte that no UTF-8 has, in the name of the meter.
          payload[30] = (byte) 0xFF;
        }
        reject(meter, channel, time, arrives, payload, defect, DeadLetterCode.MALFORMED_MESSAGE);
      }
      case ABSURD_TIME -> {
        boolean ahead = random.nextInt(2) == 0;
        long absurd =
            ahead ? FAR_FUTURE + time % 1_000_000_000L / 1000 * 1000 : time % 1_000_000_000L;
        reject(
            meter,
            channel,
            time,
            arrives,
            encoder.encode(
                channel.prefix,
                absurd,
                0,
                UTC,
                value,
                channel.thousandths,
                channel.duration,
                sequence),
            defect,
            ahead ? DeadLetterCode.TIME_IN_FUTURE : DeadLetterCode.TIME_TOO_OLD);
      }
      case UNKNOWN_METER -> {
        use(meter, channel, time, arrives, value, sequence, Defect.NONE);
        String ghost = "ghost" + random.nextInt(GHOSTS);
        byte[] prefix = JsonEncoder.prefix(ghost, "import", "power", "W");
        byte[] payload = encoder.encode(prefix, time, 0, UTC, value, false, NOTHING, sequence);
        buffer.add(
            new Delivery(
                ghost,
                payload,
                time,
                arrives,
                defect,
                Outcome.DEAD_LETTER,
                DeadLetterCode.UNKNOWN_METER,
                null));
      }
      case CONFLICT -> {
        use(meter, channel, time, arrives, value, sequence, Defect.NONE);
        long other = value == 0 ? 1 : value - 1;
        byte[] payload = encode(meter, channel, channel.prefix, time, other, sequence - 1);
        later(
            meter,
            new Delivery(
                meter.meter.name(),
                payload,
                time,
                arrives + random.between(1, Math.min(1_800_000, latenessMillis / 2)),
                defect,
                Outcome.DEAD_LETTER,
                DeadLetterCode.CONFLICTING_READING,
                null));
      }
      case ROLLOVER -> throw new IllegalStateException("a rollover is not drawn, it happens");
    }
  }

  private void sendSpike(
      MeterState meter, ChannelState channel, long time, long arrives, long value, long sequence) {
    Rng random = channel.random;
    if (channel.type == ReadingType.REGISTER) {
      channel.wasWrong();
      channel.truth.touch(time - meter.periodMillis, time + meter.periodMillis);
      long far = value + random.between(5_000_000, 50_000_000);
      give(meter, channel, time, arrives, far, sequence, Defect.SPIKE);
      return;
    }
    long rating = meter.ratingWatts;
    if (channel.type == ReadingType.INTERVAL) {
      rating = rating * meter.periodMillis / 3_600_000;
    }
    if (random.nextInt(2) == 0) {
      long high = rating * random.between(92, 100) / 100 / channel.quantum;
      sendWrong(meter, channel, time, arrives, high, sequence, Defect.SPIKE);
    } else {
      long tooHigh = rating * random.between(2, 10) / channel.quantum;
      reject(
          meter,
          channel,
          time,
          arrives,
          encode(meter, channel, channel.prefix, time, tooHigh, sequence),
          Defect.SPIKE,
          DeadLetterCode.VALUE_OUT_OF_RANGE);
    }
  }

  /** A reading that is used although its value is wrong. */
  private void sendWrong(
      MeterState meter,
      ChannelState channel,
      long time,
      long arrives,
      long value,
      long sequence,
      Defect defect) {
    long after = channel.type == ReadingType.REGISTER ? meter.periodMillis : 0;
    channel.truth.touch(time - meter.periodMillis, time + after);
    if (channel.type != ReadingType.REGISTER) {
      channel.truth.expect(time, channel.energyMj(value));
    }
    give(meter, channel, time, arrives, value, sequence, defect);
  }

  /** A reading that is right, now or later. */
  private Delivery use(
      MeterState meter,
      ChannelState channel,
      long time,
      long arrives,
      long value,
      long sequence,
      Defect defect) {
    if (channel.type != ReadingType.REGISTER) {
      channel.truth.expect(time, channel.energyMj(value));
    }
    channel.wasRight();
    return give(meter, channel, time, arrives, value, sequence, defect);
  }

  private Delivery give(
      MeterState meter,
      ChannelState channel,
      long time,
      long arrives,
      long value,
      long sequence,
      Defect defect) {
    byte[] payload = encode(meter, channel, channel.prefix, time, value, sequence);
    boolean now = arrives == time + meter.delayMillis;
    Delivery delivery =
        new Delivery(
            meter.meter.name(),
            payload,
            time,
            arrives,
            defect,
            Outcome.ACCEPTED,
            null,
            now ? null : channel.truth);
    if (now) {
      hand(meter, delivery);
    } else {
      channel.truth.waitFor(time);
      later(meter, delivery);
    }
    return delivery;
  }

  private void reject(
      MeterState meter,
      ChannelState channel,
      long time,
      long arrives,
      byte[] payload,
      Defect defect,
      DeadLetterCode code) {
    lose(channel, time);
    hand(
        meter,
        new Delivery(
            meter.meter.name(), payload, time, arrives, defect, Outcome.DEAD_LETTER, code, null));
  }

  /** The reading of this time will not be used; a register is missed by its neighbours. */
  private static void lose(ChannelState channel, long time) {
    long period = channel.truth.periodMillis;
    channel.truth.touch(time - period, channel.type == ReadingType.REGISTER ? time + period : time);
  }

  private byte[] encode(
      MeterState meter, ChannelState channel, byte[] prefix, long time, long value, long sequence) {
    int offset = 0;
    byte[] zone = UTC;
    if (meter.timeStyle != MeterState.TimeStyle.UTC) {
      offset = conditions.offsetMillis(time);
      boolean bare = meter.timeStyle == MeterState.TimeStyle.LOCAL && !conditions.isAmbiguous(time);
      zone = bare ? NOTHING : offsetText(offset);
    }
    return encoder.encode(
        prefix, time, offset, zone, value, channel.thousandths, channel.duration, sequence);
  }

  private byte[] offsetText(int millis) {
    return offsets.computeIfAbsent(
        millis,
        offset ->
            ZoneOffset.ofTotalSeconds(offset / 1000).getId().getBytes(StandardCharsets.US_ASCII));
  }
}
