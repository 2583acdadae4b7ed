package dev.wattbeam.io.files;

import dev.wattbeam.io.files.CsvMapping.Channel;
import dev.wattbeam.io.files.CsvMapping.Column;
import dev.wattbeam.io.files.CsvMapping.Stamp;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Rows of a CSV file as a mapping describes them. */
final class CsvRows implements RowParser {
  private static final int ANY_COUNT = -1;
  private static final int NO_COLUMN = -1;
  private static final int SHOWN_CHARACTERS = 60;
  // The years 0 to 9999, which is what the wire format can say.
  static final long EARLIEST = LocalDate.of(0, 1, 1).toEpochDay() * 86_400_000L;
  static final long END_OF_TIME = LocalDate.of(10_000, 1, 1).toEpochDay() * 86_400_000L;

  private final CsvMapping mapping;
  private final String fileName;
  private final Set<MeterChannel> leaveOut;
  private final RejectedRows rejected;
  private final CsvFields fields;
  private final DecimalParser decimals;
  private final TimePattern pattern;
  private final LocalTimes localTimes;
  private final byte[][] missing;
  private final long periodMillis;
  private final byte[] joined = new byte[256];

  private int meterColumn = NO_COLUMN;
  private int[] timeColumns;
  private int[] endColumns;
  private Value[] values;
  private int expectedCount = ANY_COUNT;
  private int neededCount;

  private String meter;
  private byte[] meterBytes;
  private boolean meterValid;
  private final boolean[] absent;

  CsvRows(CsvMapping mapping, String fileName, Set<MeterChannel> leaveOut) {
    this.mapping = mapping;
    this.fileName = fileName;
    this.leaveOut = leaveOut;
    this.rejected = new RejectedRows(fileName);
    this.fields = new CsvFields(mapping.delimiter(), mapping.quote());
    this.decimals = new DecimalParser(mapping.decimalMark(), mapping.thousandsMark());
    this.pattern = new TimePattern(mapping.time().pattern());
    this.periodMillis = mapping.time().periodSeconds() * 1000L;
    this.localTimes = mapping.zone() == null ? null : new LocalTimes(mapping.zone(), periodMillis);
    this.missing =
        mapping.missing().stream()
            .map(marker -> marker.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    this.absent = new boolean[mapping.channels().size()];
    if (mapping.meterColumn() == null) {
      startMeter(mapping.meter());
    }
  }

  /** A column of values, found in the header. */
  private record Value(Channel channel, int column, int quality, int sequence) {}

  @Override
  public void readHeader(LineReader lines) throws IOException {
    for (int i = 0; i < mapping.skipLines(); i++) {
      if (!lines.next()) {
        throw new InvalidFileException(
            fileName + " has fewer lines than the " + mapping.skipLines() + " to skip");
      }
    }
    List<String> header = null;
    if (mapping.header()) {
      do {
        if (!lines.next()) {
          throw new InvalidFileException(fileName + " has no header");
        }
      } while (lines.blank());
      if (!fields.split(lines.bytes(), lines.from(), lines.to())) {
        throw new InvalidFileException(
            fileName + ", line " + lines.number() + ": the header has a quote that is not closed");
      }
      header = fields.texts();
      expectedCount = header.size();
    }
    findColumns(header);
  }

  private void findColumns(List<String> header) throws InvalidFileException {
    Set<String> absentColumns = new LinkedHashSet<>();
    if (mapping.meterColumn() != null) {
      meterColumn = find(mapping.meterColumn(), header, absentColumns);
    }
    timeColumns = findAll(mapping.time().columns(), header, absentColumns);
    endColumns = findAll(mapping.time().endColumns(), header, absentColumns);
    values = new Value[mapping.channels().size()];
    for (int i = 0; i < values.length; i++) {
      Channel channel = mapping.channels().get(i);
      values[i] =
          new Value(
              channel,
              find(channel.column(), header, absentColumns),
              find(channel.quality(), header, absentColumns),
              find(channel.sequence(), header, absentColumns));
    }
    if (!absentColumns.isEmpty()) {
      String there =
          header.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "));
      throw new InvalidFileException(
          fileName
              + " has no column "
              + String.join(", ", absentColumns)
              + " as format "
              + mapping.name()
              + " wants; its header has "
              + there
              + ". Is it the right format, with the right delimiter ('"
              + mapping.delimiter()
              + "')?");
    }
  }

  private int[] findAll(List<Column> columns, List<String> header, Set<String> absentColumns) {
    int[] found = new int[columns.size()];
    for (int i = 0; i < found.length; i++) {
      found[i] = find(columns.get(i), header, absentColumns);
    }
    return found;
  }

  private int find(Column column, List<String> header, Set<String> absentColumns) {
    if (column == null) {
      return NO_COLUMN;
    }
    int index = column.name() == null ? column.place() - 1 : header.indexOf(column.name());
    if (index < 0 || (header != null && index >= header.size())) {
      absentColumns.add(column.toString());
      return NO_COLUMN;
    }
    neededCount = Math.max(neededCount, index + 1);
    return index;
  }

  @Override
  public FileRow parse(LineReader line) {
    if (!fields.split(line.bytes(), line.from(), line.to())) {
      return rejected.reject(
          line, DeadLetterCode.INVALID_ROW, "A quote is not closed, or text follows it");
    }
    if (!fields.ascii() && !utf8(line)) {
      return rejected.reject(line, DeadLetterCode.INVALID_ROW, "Not UTF-8 text");
    }
    int count = fields.count();
    while (expectedCount != ANY_COUNT && count > expectedCount && fields.empty(count - 1)) {
      count--;
    }
    if (expectedCount == ANY_COUNT ? count < neededCount : count != expectedCount) {
      return rejected.reject(
          line,
          DeadLetterCode.INVALID_ROW,
          fields.count()
              + " fields where "
              + (expectedCount == ANY_COUNT
                  ? "at least " + neededCount + " are needed"
                  : "the header has " + expectedCount));
    }
    if (meterColumn != NO_COLUMN && !takeMeter()) {
      return rejected.reject(
          line,
          DeadLetterCode.MISSING_FIELD,
          "No meter in column " + mapping.meterColumn() + "; it has to name one");
    }

    if (!meterValid) {
      return rejected.reject(
          line,
          DeadLetterCode.INVALID_NAME,
          "Meter \""
              + shown(meter)
              + "\" is no name of 1 to "
              + MeterNames.MAX_CHARACTERS
              + " characters without control characters");
    }

    long start;
    long end;
    try {
      start = moment(timeColumns, true, 0);
      end =
          switch (mapping.time().stamp()) {
            case START -> start + periodMillis;
            case END -> start;
            case START_AND_END ->
                start == LocalTimes.NONEXISTENT ? start : moment(endColumns, false, start);
          };
    } catch (DateTimeException | ArithmeticException e) {
      return rejectTime(line, e);
    }
    if (start == LocalTimes.NONEXISTENT || end == LocalTimes.NONEXISTENT) {
      boolean atStart = start == LocalTimes.NONEXISTENT;
      return rejected.reject(
          line,
          DeadLetterCode.LOCAL_TIME_NONEXISTENT,
          "The clock change of "
              + mapping.zone()
              + " leaves out the local time \""
              + shown(timeText(atStart ? timeColumns : endColumns))
              + "\"");
    }
    if (end < EARLIEST || end >= END_OF_TIME) {
      return rejectTime(line, new DateTimeException("year"));
    }
    long duration = periodMillis;
    if (mapping.time().stamp() == Stamp.START_AND_END) {
      duration = end - start;
      if (duration <= 0) {
        return rejected.reject(
            line,
            DeadLetterCode.INVALID_DURATION,
            "The end \""
                + shown(timeText(endColumns))
                + "\" is not after the start \""
                + shown(timeText(timeColumns))
                + "\"");
      }
    }
    return readings(line, end, duration);
  }

  private FileRow readings(LineReader line, long end, long duration) {
    List<Reading> readings = new ArrayList<>(values.length);
    for (int i = 0; i < values.length; i++) {
      Value value = values[i];
      if (isMissing(value.column())) {
        continue;
      }
      long nanos =
          decimals.parse(
              fields.bytes(),
              fields.from(value.column()),
              fields.to(value.column()),
              value.channel().unit().exponent());
      if (decimals.error() != null) {
        return rejectValue(line, value);
      }
      if (absent[i]) {
        continue;
      }
      ReadingType type = value.channel().type();
      long sequence = Reading.NO_SEQUENCE;
      if (value.sequence() != NO_COLUMN && !isMissing(value.sequence())) {
        try {
          sequence = Long.parseLong(fields.text(value.sequence()));
        } catch (NumberFormatException e) {
          sequence = Long.MIN_VALUE;
        }
        if (sequence < 0) {
          return rejected.reject(
              line,
              DeadLetterCode.WRONG_FIELD_TYPE,
              "Sequence number \""
                  + shown(fields.text(value.sequence()))
                  + "\" is no whole number from 0");
        }
      }
      Quality quality = Quality.VALID;
      if (value.quality() != NO_COLUMN && !isMissing(value.quality())) {
        String text = fields.text(value.quality());
        quality =
            Quality.ofCode(
                value.channel().qualities().isEmpty()
                    ? text
                    : value.channel().qualities().getOrDefault(text, ""));
        if (quality == null) {
          return rejected.reject(
              line,
              DeadLetterCode.UNKNOWN_QUALITY,
              "Quality \"" + shown(text) + "\" is not known to format " + mapping.name());
        }
      }
      readings.add(
          new Reading(
              meter,
              value.channel().channel(),
              type,
              end,
              nanos,
              type == ReadingType.REGISTER ? 0 : duration,
              sequence,
              quality));
    }
    return readings.isEmpty()
        ? new FileRow.Missing(line.number())
        : new FileRow.Readings(line.number(), readings);
  }

  private FileRow rejectValue(LineReader line, Value value) {
    String text = shown(fields.text(value.column()));
    DeadLetterCode code = decimals.error();
    return rejected.reject(
        line,
        code,
        code == DeadLetterCode.INVALID_VALUE
            ? "Column " + value.channel().column() + ": \"" + text + "\" is no decimal number"
            : "Column " + value.channel().column() + ": " + text + " is too large for a reading");
  }

  private FileRow rejectTime(LineReader line, RuntimeException cause) {
    for (int[] columns : List.of(timeColumns, endColumns)) {
      for (int column : columns) {
        if (fields.empty(column)) {
          return rejected.reject(line, DeadLetterCode.MISSING_FIELD, "The row has no time");
        }
      }
    }
    String times = timeText(timeColumns);
    if (endColumns.length > 0) {
      times += "\" to \"" + timeText(endColumns);
    }
    return rejected.reject(
        line,
        DeadLetterCode.INVALID_TIME,
        cause instanceof MissingOffsetException
            ? "Time \"" + shown(times) + "\" has no offset, and the format names no zone"
            : "Time \"" + shown(times) + "\" does not match " + pattern);
  }

  /** The file's time has no offset although nothing else gives one. */
  private static final class MissingOffsetException extends DateTimeException {
    private static final long serialVersionUID = 1;

    MissingOffsetException() {
      super("no offset");
    }
  }

  private long moment(int[] columns, boolean stamp, long start) {
    long time;
    if (columns.length == 1) {
      time = pattern.parse(fields.bytes(), fields.from(columns[0]), fields.to(columns[0]));
    } else {
      int length = join(columns);
      time = pattern.parse(joined, 0, length);
    }
    if (pattern.hasOffset()) {
      return time;
    }
    if (localTimes == null) {
      throw new MissingOffsetException();
    }
    return stamp ? localTimes.resolve(meter, time) : localTimes.resolveEnd(start, time);
  }

  private int join(int[] columns) {
    int length = 0;
    for (int column : columns) {
      int size = fields.to(column) - fields.from(column);
      if (length + size + 1 > joined.length) {
        throw new DateTimeException("too long");
      }
      if (length > 0) {
        joined[length++] = ' ';
      }
      System.arraycopy(fields.bytes(), fields.from(column), joined, length, size);
      length += size;
    }
    return length;
  }

  private String timeText(int[] columns) {
    return Arrays.stream(columns).mapToObj(fields::text).collect(Collectors.joining(" "));
  }

  private boolean isMissing(int field) {
    if (fields.empty(field)) {
      return true;
    }
    for (byte[] marker : missing) {
      if (fields.is(field, marker)) {
        return true;
      }
    }
    return false;
  }

  /** Most rows are of the meter of the row before. */
  private boolean takeMeter() {
    if (meterBytes != null && fields.is(meterColumn, meterBytes)) {
      return true;
    }
    if (fields.empty(meterColumn)) {
      return false;
    }
    meterBytes =
        Arrays.copyOfRange(fields.bytes(), fields.from(meterColumn), fields.to(meterColumn));
    startMeter(new String(meterBytes, StandardCharsets.UTF_8));
    return true;
  }

  private void startMeter(String name) {
    meter = name;
    meterValid = MeterNames.valid(name);
    for (int i = 0; i < absent.length; i++) {
      absent[i] =
          !leaveOut.isEmpty()
              && leaveOut.contains(new MeterChannel(name, mapping.channels().get(i).channel()));
    }
  }

  private static boolean utf8(LineReader line) {
    try {
      StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(line.bytes(), line.from(), line.to() - line.from()));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  static String shown(String text) {
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "...";
  }
}
