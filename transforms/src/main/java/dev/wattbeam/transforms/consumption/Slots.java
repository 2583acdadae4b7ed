package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionCoder;
import dev.wattbeam.model.DeterministicCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.apache.beam.sdk.util.VarInt;

/** A fixed number of places for {@link Consumption}, most of them often empty. Immutable. */
final class Slots {
  private final Consumption[] content;

  private Slots(Consumption[] content) {
    this.content = content;
  }

  static Slots empty(int size) {
    return new Slots(new Consumption[size]);
  }

  int size() {
    return content.length;
  }

  /** What is at a place, or null. */
  Consumption get(int place) {
    return content[place];
  }

  Slots with(int place, Consumption consumption) {
    Consumption[] changed = content.clone();
    changed[place] = consumption;
    return new Slots(changed);
  }

  /** These slots with the places from {@code first} on replaced. */
  Slots withAll(int first, Consumption[] replacement, int from, int count) {
    Consumption[] changed = content.clone();
    System.arraycopy(replacement, from, changed, first, count);
    return new Slots(changed);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Slots other && Arrays.equals(content, other.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return Arrays.toString(content);
  }

  /**
   * Deterministic coder: the size, then each filled place with its distance from the one before.
   */
  static final class SlotsCoder extends DeterministicCoder<Slots> {
    private static final SlotsCoder INSTANCE = new SlotsCoder();

    private SlotsCoder() {}

    static SlotsCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(Slots slots, OutputStream out) throws IOException {
      VarInt.encode(slots.content.length, out);
      int before = -1;
      for (int place = 0; place < slots.content.length; place++) {
        if (slots.content[place] != null) {
          VarInt.encode(place - before, out);
          ConsumptionCoder.of().encode(slots.content[place], out);
          before = place;
        }
      }
      VarInt.encode(0, out);
    }

    @Override
    public Slots decode(InputStream in) throws IOException {
      Consumption[] content = new Consumption[VarInt.decodeInt(in)];
      int place = -1;
      for (int step = VarInt.decodeInt(in); step != 0; step = VarInt.decodeInt(in)) {
        place += step;
        content[place] = ConsumptionCoder.of().decode(in);
      }
      return new Slots(content);
    }
  }
}
