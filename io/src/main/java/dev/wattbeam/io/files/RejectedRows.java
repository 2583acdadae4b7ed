package dev.wattbeam.io.files;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Payload;

/** Makes the dead letters of one file's rows. */
final class RejectedRows {
  static final String PIPELINE = "publish-readings";
  static final String STEP = "ReadFile";

  private final String fileName;

  RejectedRows(String fileName) {
    this.fileName = fileName;
  }

  FileRow.Rejected reject(LineReader line, DeadLetterCode code, String message) {
    return reject(line.number(), line.copy(), code, message);
  }

  FileRow.Rejected reject(long line, byte[] payload, DeadLetterCode code, String message) {
    return new FileRow.Rejected(
        line,
        new DeadLetter(
            PIPELINE,
            STEP,
            code,
            message,
            Payload.asText(payload),
            new Origin(fileName, 0, line),
            System.currentTimeMillis()));
  }
}
