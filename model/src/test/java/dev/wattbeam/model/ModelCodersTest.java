package dev.wattbeam.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Walks the package: what travels between steps has a coder of ours, and nothing can fall back to
 * Java serialisation, which Beam does in silence for whatever is Serializable.
 */
class ModelCodersTest {
  /** The meter directory: each worker reads its own, it never is an element. */
  private static final Set<Class<?>> DIRECTORY =
      Set.of(Meter.class, MeterType.class, DayRules.class, Group.class, Membership.class);

  /** Written by the coders of the records that contain them. */
  private static final Set<Class<?>> PARTS = Set.of(Origin.class, GridValue.class);

  /**
   * Travels inside steps as configuration: Beam serialises a step once, when a job is submitted.
   */
  private static final Set<Class<?>> CONFIGURATION = Set.of(MeterDirectorySource.class);

  static List<Class<?>> classes() {
    try {
      Path root =
          Path.of(Reading.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      try (Stream<Path> files = Files.walk(root)) {
        return files
            .filter(file -> file.toString().endsWith(".class"))
            .map(file -> root.relativize(file).toString())
            .filter(file -> !file.endsWith("package-info.class"))
            .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
            .sorted()
            .<Class<?>>map(ModelCodersTest::load)
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

  static List<Class<?>> travelling() {
    return classes().stream().filter(type -> type.isAnnotationPresent(DefaultCoder.class)).toList();
  }

  static List<Class<?>> coders() {
    return classes().stream()
        .filter(Coder.class::isAssignableFrom)
        .filter(type -> !Modifier.isAbstract(type.getModifiers()))
        .toList();
  }

  @Test
  void thePackageIsFound() {
    assertThat(classes())
        .contains(Reading.class, ReadingBatch.class, Energy.class, Membership.class)
        .allMatch(type -> type.getPackageName().equals("dev.wattbeam.model"));
  }

  @ParameterizedTest
  @MethodSource("travelling")
  void resolvesToACoderOfOurs(Class<?> type) throws Exception {
    Coder<?> coder = CoderRegistry.createDefault().getCoder(type);
    assertThat(coder.getClass().getPackageName()).isEqualTo("dev.wattbeam.model");
    assertThat(coder.getClass().getSimpleName()).isEqualTo(type.getSimpleName() + "Coder");
    assertThat(coder.getEncodedTypeDescriptor().getRawType()).isEqualTo(type);
    assertThat(coder.consistentWithEquals()).isTrue();
    coder.verifyDeterministic();
    assertThat(SerializableUtils.ensureSerializable(coder)).isEqualTo(coder);
  }

  @Test
  void eachRecordHasACoderOrAReasonForNone() {
    List<Class<?>> without =
        classes().stream()
            .filter(Class::isRecord)
            .filter(type -> !type.isAnnotationPresent(DefaultCoder.class))
            // A private record cannot leave its class.
            .filter(type -> !Modifier.isPrivate(type.getModifiers()))
            .filter(type -> !DIRECTORY.contains(type) && !PARTS.contains(type))
            .toList();
    assertThat(without)
        .as(
            "records without @DefaultCoder: give each a coder like ReadingCoder and values in"
                + " Samples, or list it here with the reason why it never is an element")
        .isEmpty();
  }

  @Test
  void whatHasNoCoderGetsNone() {
    for (Class<?> type : Stream.concat(DIRECTORY.stream(), PARTS.stream()).toList()) {
      assertThatThrownBy(() -> CoderRegistry.createDefault().getCoder(type))
          .as("%s would travel by Java serialisation", type.getSimpleName())
          .isInstanceOf(CannotProvideCoderException.class);
    }
  }

  @Test
  void nothingIsSerializable() {
    List<Class<?>> serializable =
        classes().stream()
            .filter(Serializable.class::isAssignableFrom)
            // Enums always are; coders travel with the job; neither is found by the registry.
            .filter(type -> !type.isEnum() && !CustomCoder.class.isAssignableFrom(type))
            .filter(type -> !CONFIGURATION.contains(type))
            .toList();
    assertThat(serializable)
        .as("Beam would fall back to Java serialisation without a word: do not implement it")
        .isEmpty();
  }

  @Test
  void eachCoderIsSomebodysDefault() throws Exception {
    for (Class<?> coder : coders()) {
      Class<?> type = load(coder.getName().substring(0, coder.getName().length() - 5));
      assertThat(CoderRegistry.createDefault().getCoder(type)).isInstanceOf(coder);
    }
  }

  @Test
  void eachTypeThatTravelsIsTriedWithRandomValues() {
    assertThat(Samples.byType().keySet())
        .as("ModelCoderProperties takes its values from Samples.byType()")
        .containsExactlyInAnyOrderElementsOf(travelling());
  }
}
