package dev.wattbeam.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;

/** The laws that Beam relies on, for random values of every type that travels. */
class ModelCoderProperties {
  private static final CoderRegistry REGISTRY = CoderRegistry.createDefault();

  @Provide
  Arbitrary<Object> values() {
    return Arbitraries.of(Samples.byType().values()).flatMap(values -> values.map(value -> value));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void aValueComesBackEqual(@ForAll("values") Object value) throws Exception {
    Object copy = decode(value, encode(value));
    assertThat(copy).isEqualTo(value).hasSameHashCodeAs(value);
    assertThat(encode(copy)).as("deterministic").isEqualTo(encode(value));
  }

  /** Beam groups by the bytes where it groups by a value. */
  @Property(edgeCases = EdgeCasesMode.NONE)
  void bytesAreEqualWhereValuesAre(@ForAll("values") Object a, @ForAll("values") Object b)
      throws Exception {
    if (a.getClass() == b.getClass()) {
      assertThat(Arrays.equals(encode(a), encode(b))).isEqualTo(a.equals(b));
    }
  }

  /** A coder reads its own bytes and not one more, whatever follows. */
  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void valuesFollowEachOther(@ForAll("values") Object first, @ForAll("values") Object second)
      throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    coder(first).encode(first, out);
    coder(second).encode(second, out);
    ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
    assertThat((Object) coder(first).decode(in)).isEqualTo(first);
    assertThat((Object) coder(second).decode(in)).isEqualTo(second);
    assertThat(in.available()).isZero();
  }

  @SuppressWarnings("unchecked")
  private static Coder<Object> coder(Object value) throws CannotProvideCoderException {
    return (Coder<Object>) REGISTRY.getCoder(value.getClass());
  }

  private static byte[] encode(Object value) throws IOException, CannotProvideCoderException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    coder(value).encode(value, out);
    return out.toByteArray();
  }

  private static Object decode(Object like, byte[] bytes)
      throws IOException, CannotProvideCoderException {
    return coder(like).decode(new ByteArrayInputStream(bytes));
  }
}
