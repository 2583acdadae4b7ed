package dev.wattbeam.io.files;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.Reading;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/** All rows of a little file, sorted by what becomes of them. */
record Rows(List<FileRow> all) {
  static Rows of(String text, ReadingFormat format) throws IOException {
    return of(text.getBytes(StandardCharsets.UTF_8), format, Set.of());
  }

  static Rows of(byte[] bytes, ReadingFormat format, Set<MeterChannel> leaveOut)
      throws IOException {
    List<FileRow> rows = new ArrayList<>();
    try (ReadingFile file =
        ReadingFile.open(
            new ByteArrayInputStream(bytes), "test.csv", bytes.length, format, leaveOut)) {
      for (FileRow row = file.next(); row != null; row = file.next()) {
        rows.add(row);
      }
    }
    return new Rows(rows);
  }

  static byte[] gzip(String text) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  List<Reading> readings() {
    return all.stream()
        .filter(FileRow.Readings.class::isInstance)
        .flatMap(row -> ((FileRow.Readings) row).readings().stream())
        .toList();
  }

  List<String> times() {
    return readings().stream()
        .map(reading -> Instant.ofEpochMilli(reading.timeMillis()).toString())
        .toList();
  }

  List<FileRow.Message> messages() {
    return all.stream()
        .filter(FileRow.Message.class::isInstance)
        .map(FileRow.Message.class::cast)
        .toList();
  }

  List<DeadLetter> rejected() {
    return all.stream()
        .filter(FileRow.Rejected.class::isInstance)
        .map(row -> ((FileRow.Rejected) row).deadLetter())
        .toList();
  }

  long published() {
    return all.stream()
        .filter(row -> row instanceof FileRow.Readings || row instanceof FileRow.Message)
        .count();
  }

  long missing() {
    return all.stream().filter(FileRow.Missing.class::isInstance).count();
  }
}
