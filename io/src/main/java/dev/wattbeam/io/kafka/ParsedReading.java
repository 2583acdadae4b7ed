package dev.wattbeam.io.kafka;

import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.ReadingType;

/** Where a parser leaves the fields of one message; reused, so that a message costs no object. */
final class ParsedReading {
  MeterChannel channel;
  ReadingType type;
  long timeMillis;
  boolean local;
  long value;
  long durationMillis;
  long sequence;
  Quality quality;
}
