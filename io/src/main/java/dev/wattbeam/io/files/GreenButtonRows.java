package dev.wattbeam.io.files;

import dev.wattbeam.io.files.GreenButtonFeed.Series;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.stream.XMLStreamConstants;

/** The interval readings of a Green Button file, each a row. */
final class GreenButtonRows implements RowSource {
  private static final String READING = "IntervalReading";

  private final EspiXml xml;
  private final RejectedRows rejected;
  private final DecimalParser decimals = new DecimalParser('.', (char) 0);
  private final List<Series> blocks;

  private int entries;
  private boolean blockSeen;
  private Series series;
  private long line;

  // The current reading.
  private final StringBuilder payload = new StringBuilder();
  private final StringBuilder text = new StringBuilder();
  private String start;
  private String duration;
  private String value;
  private Quality quality;
  private String unknownQuality;

  GreenButtonRows(GreenButtonFeed feed, InputStream in, String fileName) throws IOException {
    this.blocks = feed.blocks();
    this.rejected = new RejectedRows(fileName);
    this.xml = new EspiXml(in, fileName);
  }

  @Override
  public FileRow next() throws IOException {
    for (int event = xml.next(); event != XMLStreamConstants.END_DOCUMENT; event = xml.next()) {
      if (event != XMLStreamConstants.START_ELEMENT) {
        continue;
      }
      switch (xml.name()) {
        case "entry" -> blockSeen = false;
        case GreenButtonFeed.BLOCK -> {
          // An entry may hold several.
          if (!blockSeen) {
            series = blocks.get(entries++);
            blockSeen = true;
          }
        }
        case READING -> {
          // The number of the line is the key of a dead letter; there are files of one line.
          line = Math.max(line + 1, xml.line());
          return reading();
        }
        default -> {}
      }
    }
    return null;
  }

  @Override
  public long line() {
    return xml.line();
  }

  private FileRow reading() throws IOException {
    start = "";
    duration = "";
    value = "";
    quality = null;
    unknownQuality = null;
    payload.setLength(0);
    payload.append('<').append(READING).append('>');
    int depth = 1;
    boolean leaf = false;
    while (depth > 0) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          depth++;
          leaf = true;
          text.setLength(0);
          keep("<", xml.name(), ">");
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (leaf && text.length() <= ReadingFile.MAX_ROW_BYTES) {
            text.append(xml.text());
          }
        }
        case XMLStreamConstants.END_ELEMENT -> {
          if (leaf) {
            String content = text.toString().strip();
            keep("", content.replace("&", "&amp;").replace("<", "&lt;"), "");
            take(xml.name(), content);
            leaf = false;
          }
          keep("</", xml.name(), ">");
          depth--;
        }
        default -> {}
      }
    }
    return row();
  }

  private void keep(String before, String content, String after) {
    if (payload.length() <= ReadingFile.MAX_ROW_BYTES) {
      payload.append(before).append(content).append(after);
    }
  }

  private void take(String name, String content) {
    switch (name) {
      case "start" -> start = content;
      case "duration" -> duration = content;
      case "value" -> value = content;
      case "quality", "ReadingQuality" -> {
        Quality stated = EspiCodes.quality(content);
        if (stated == null) {
          unknownQuality = content;
        } else if (quality == null || stated.rank() < quality.rank()) {
          // Of several the one that is to be trusted least.
          quality = stated;
        }
      }
      default -> {}
    }
  }

  private FileRow row() {
    if (payload.length() > ReadingFile.MAX_ROW_BYTES) {
      return reject(
          DeadLetterCode.OVERSIZED_MESSAGE,
          "The reading is longer than "
              + ReadingFile.MAX_ROW_BYTES
              + " characters; its beginning is kept");
    }
    if (series.problem() != null) {
      return reject(series.problem().code(), series.problem().message());
    }
    if (start.isEmpty()) {
      return reject(DeadLetterCode.MISSING_FIELD, "The reading has no timePeriod with a start");
    }
    long startSeconds;
    try {
      startSeconds = Long.parseLong(start);
    } catch (NumberFormatException e) {
      return rejectTime();
    }
    long seconds;
    try {
      seconds = duration.isEmpty() ? series.durationSeconds() : Long.parseLong(duration);
    } catch (NumberFormatException e) {
      return rejectDuration();
    }
    // An interval needs a length; power and registers may be of a moment.
    boolean interval = series.type() == ReadingType.INTERVAL;
    if (seconds < 0 || seconds > Integer.MAX_VALUE || (interval && seconds == 0)) {
      return rejectDuration();
    }
    if (startSeconds < CsvRows.EARLIEST / 1000
        || startSeconds >= CsvRows.END_OF_TIME / 1000 - seconds) {
      return rejectTime();
    }
    if (unknownQuality != null) {
      return reject(
          DeadLetterCode.UNKNOWN_QUALITY,
          "Quality \"" + CsvRows.shown(unknownQuality) + "\" is no QualityOfReading of ESPI");
    }
    if (value.isEmpty()) {
      return new FileRow.Missing(line);
    }
    byte[] digits = value.getBytes(StandardCharsets.UTF_8);
    long nanos = decimals.parse(digits, 0, digits.length, series.exponent());
    if (decimals.error() != null) {
      return reject(
          decimals.error(),
          "Value \""
              + CsvRows.shown(value)
              + (decimals.error() == DeadLetterCode.INVALID_VALUE
                  ? "\" is no decimal number"
                  : "\" is too large for a reading"));
    }
    Reading reading =
        new Reading(
            series.meter(),
            series.channel(),
            series.type(),
            (startSeconds + seconds) * 1000,
            nanos,
            series.type() == ReadingType.REGISTER ? 0 : seconds * 1000,
            Reading.NO_SEQUENCE,
            quality == null ? series.quality() : quality);
    return new FileRow.Readings(line, List.of(reading));
  }

  private FileRow rejectTime() {
    return reject(
        DeadLetterCode.INVALID_TIME,
        "Start \""
            + CsvRows.shown(start)
            + "\" is no number of seconds since 1970 in the years 0 to 9999");
  }

  private FileRow rejectDuration() {
    return reject(
        DeadLetterCode.INVALID_DURATION,
        duration.isEmpty()
            ? "Neither the reading nor its ReadingType states a duration"
            : "Duration \"" + CsvRows.shown(duration) + "\" is no number of seconds above zero");
  }

  private FileRow reject(DeadLetterCode code, String message) {
    return rejected.reject(
        line, payload.toString().getBytes(StandardCharsets.UTF_8), code, message);
  }
}
