package dev.wattbeam.io.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.zip.GZIPOutputStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReadLinesTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 22);

  @TempDir Path folder;

  private ArchiveConfig archive() {
    return ArchiveConfig.of(folder.toString());
  }

  private static String json(long offset) {
    return String.format(
        "{\"topic\":\"a.b\",\"partition\":1,\"offset\":%d,\"timestamp\":-1,\"key\":null,"
            + "\"value\":\"é '\\n\"}",
        offset);
  }

  private static ArchivedLine line(long offset) {
    return new ArchivedLine("a.b", 1, offset, -1, json(offset));
  }

  private void write(ArchiveFile file, long... offsets) throws IOException {
    Path path = folder.resolve(file.path());
    Files.createDirectories(path.getParent());
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
      for (long offset : offsets) {
        out.write((json(offset) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private static ArchiveFile file(LocalDate day, long first, long last) {
    return new ArchiveFile("a.b", day, 1, first, last, 1, 1);
  }

  @Test
  void readsTheLinesOfTheDaysOnce() throws IOException {
    write(file(DAY.minusDays(1), 0, 9), 1, 2);
    write(file(DAY, 10, 19), 10, 11);
    write(file(DAY, 20, 29), 20);
    write(ArchiveFile.compacted(file(DAY, 10, 19), file(DAY, 20, 29)), 10, 11, 20);
    write(file(DAY.plusDays(1), 30, 39), 30);
    write(file(DAY.plusDays(2), 40, 49), 40);

    Pipeline pipeline = Pipeline.create();
    PCollection<ArchivedLine> lines =
        pipeline.apply(
            "ReadLines",
            ReadLines.from(archive(), ArchiveSelection.of("a.b", DAY, DAY.plusDays(1))));
    PAssert.that(lines).containsInAnyOrder(line(10), line(11), line(20), line(30));
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
  }

  @Test
  void saysWhetherTheArchiveKnowsTheTopic() throws IOException {
    write(file(DAY, 0, 9), 1);
    assertThat(ReadLines.check(archive(), "a.b")).isEmpty();
    assertThat(ReadLines.check(archive(), "a"))
        .singleElement()
        .asString()
        .endsWith("has no file of the topic 'a'");
  }

  @Test
  void codesLines() throws Exception {
    assertThat(CoderUtils.clone(ArchivedLineCoder.of(), line(5_000_000_000L)))
        .isEqualTo(line(5_000_000_000L));
  }
}
