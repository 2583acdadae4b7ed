package dev.wattbeam.io.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.wattbeam.model.DeadLetter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** A file of dead letters, one JSON object per line. Not thread-safe. */
public final class DeadLetterLines implements AutoCloseable {
  private final Writer out;
  private final JsonGenerator json;

  private DeadLetterLines(Writer out) throws IOException {
    this.out = out;
    this.json = new JsonFactory().createGenerator(out);
    json.setRootValueSeparator(null);
  }

  /** Makes the file; what it held before is gone. */
  public static DeadLetterLines create(Path file) throws IOException {
    return new DeadLetterLines(Files.newBufferedWriter(file, StandardCharsets.UTF_8));
  }

  /** Adds a line. */
  public void write(DeadLetter letter) throws IOException {
    json.writeStartObject();
    json.writeStringField("source", letter.origin().source());
    json.writeNumberField("partition", letter.origin().partition());
    json.writeNumberField("position", letter.origin().position());
    json.writeStringField("code", letter.code().name());
    json.writeStringField("message", letter.message());
    json.writeStringField("payload", letter.payload());
    json.writeStringField("time", Instant.ofEpochMilli(letter.timeMillis()).toString());
    json.writeStringField("pipeline", letter.pipeline());
    json.writeStringField("step", letter.step());
    json.writeEndObject();
    json.flush();
    out.write('\n');
  }

  @Override
  public void close() throws IOException {
    json.close();
  }
}
