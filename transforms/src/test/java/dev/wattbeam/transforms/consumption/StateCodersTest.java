package dev.wattbeam.transforms.consumption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.transforms.quality.ReadingLimits;
import dev.wattbeam.transforms.repair.TimeSpans;
import java.io.IOException;
import java.io.Serializable;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.TupleTag;
import org.junit.jupiter.api.Test;

/** Walks the module: state and shuffled blocks are written by coders of ours, never by Java's. */
class StateCodersTest {
  /** Travels inside steps: Beam serialises a step once, when a job is submitted. */
  private static final Set<Class<?>> CONFIGURATION =
      Set.of(Emission.class, MeterStep.class, ReadingLimits.class, TimeSpans.class);

  private static List<Class<?>> classes() {
    try {
      Path root =
          Path.of(ReadingSet.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      try (Stream<Path> files = Files.walk(root)) {
        return files
            .filter(file -> file.toString().endsWith(".class"))
            .map(file -> root.relativize(file).toString())
            .filter(file -> !file.endsWith("package-info.class"))
            .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
            .sorted()
            .<Class<?>>map(StateCodersTest::load)
            .toList();
      }
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void eachCoderIsTriedWithRandomValues() {
    List<Class<?>> coders = classes().stream().filter(Coder.class::isAssignableFrom).toList();
    assertThat(coders)
        .as("StateCoderProperties takes its values from there")
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(
            StateCoderProperties.samples().stream()
                .<Class<?>>map(sample -> sample.coder().getClass())
                .toList());
  }

  @Test
  void eachCoderIsDeterministic() throws Exception {
    for (StateCoderProperties.Sample<?> sample : StateCoderProperties.samples()) {
      assertThat(sample.coder().consistentWithEquals()).isTrue();
      sample.coder().verifyDeterministic();
    }
  }

  @Test
  void nothingElseIsSerializable() {
    List<Class<?>> serializable =
        classes().stream()
            .filter(Serializable.class::isAssignableFrom)
            .filter(type -> !type.isEnum())
            .filter(type -> !Coder.class.isAssignableFrom(type))
            .filter(type -> !DoFn.class.isAssignableFrom(type))
            .filter(type -> !PTransform.class.isAssignableFrom(type))
            .filter(type -> !TupleTag.class.isAssignableFrom(type))
            .filter(type -> !CONFIGURATION.contains(type))
            .toList();
    assertThat(serializable)
        .as("Beam would fall back to Java serialisation without a word: do not implement it")
        .isEmpty();
  }
}
