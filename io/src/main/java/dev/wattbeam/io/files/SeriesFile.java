package dev.wattbeam.io.files;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.GridSignal;
import dev.wattbeam.model.GridStage;
import dev.wattbeam.model.GridValue;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Payload;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A CSV file of grid signals, in any order of its rows, plain or gzip. A row gives one signal, or
 * several where its columns have spans of different lengths.
 *
 * <p>A local time that the spring clock change leaves out is rejected; the autumn hour that comes
 * twice is told apart by the order of the rows, where it is there twice.
 */
public final class SeriesFile {
  /** Name in dead letters. */
  public static final String PIPELINE = "publish-grid-signals";

  private static final String STEP = "ReadFile";
  private static final int MAX_ROW_BYTES = 1_000_000;
  private static final long MINUTE = 60_000;
  private static final int NO_COLUMN = -1;

  private final Path file;
  private final SeriesFormat format;
  private final long knownMillis;

  private SeriesFile(Path file, SeriesFormat format, long knownMillis) {
    this.file = file;
    this.format = format;
    this.knownMillis = knownMillis;
  }

  /**
   * A file that is read when it is asked for.
   *
   * @param knownMillis when the file was published: of two files with the same values, the later
   *     one counts
   */
  public static SeriesFile of(Path file, SeriesFormat format, long knownMillis) {
    return new SeriesFile(file, format, knownMillis);
  }

  /**
   * What became of a row.
   *
   * @param signals none when the row has no value
   * @param rejected null unless the row could not be read
   */
  public record Row(List<GridSignal> signals, DeadLetter rejected) {
    public Row {
      signals = List.copyOf(signals);
    }
  }

  /**
   * Reads the file and hands over its rows.
   *
   * @throws InvalidFileException when it does not exist, is damaged, or lacks a column that the
   *     format needs
   */
  public void read(Consumer<Row> receiver) throws IOException {
    int[] steps = null;
    if (format.stepMinutes() == 0) {
      StepScan scan = new StepScan(format.columns().size());
      pass(scan::add, null);
      steps = scan.steps();
    } else {
      steps = new int[format.columns().size()];
      Arrays.fill(steps, format.stepMinutes());
    }
    int[] spans = steps;
    pass(row -> receiver.accept(row.toRow(spans)), receiver);
  }

  /** Each column's finest distance, from the minutes at which it has values. */
  private static final class StepScan {
    private final int[] steps;

    StepScan(int columns) {
      steps = new int[columns];
      Arrays.fill(steps, 60);
    }

    void add(Parsed row) {
      int minute = (int) Math.floorMod(row.startMillis / MINUTE, 60L);
      int step = 60;
      for (int finer : new int[] {30, 15, 10, 5, 1}) {
        if (minute % step != 0) {
          step = finer;
        }
      }
      for (int i = 0; i < steps.length; i++) {
        if (row.values[i] != null) {
          steps[i] = Math.min(steps[i], step);
        }
      }
    }

    int[] steps() {
      return steps;
    }
  }

  /** A row that could be read; {@code values} has null where there is none. */
  private final class Parsed {
    private final String area;
    private final GridStage stage;
    private final long startMillis;
    private final GridValue[] values;

    Parsed(String area, GridStage stage, long startMillis, GridValue[] values) {
      this.area = area;
      this.stage = stage;
      this.startMillis = startMillis;
      this.values = values;
    }

    Row toRow(int[] steps) {
      Map<Integer, List<GridValue>> byStep = new TreeMap<>();
      for (int i = 0; i < values.length; i++) {
        if (values[i] != null) {
          byStep.computeIfAbsent(steps[i], step -> new ArrayList<>()).add(values[i]);
        }
      }
      List<GridSignal> signals = new ArrayList<>();
      byStep.forEach(
          (step, of) ->
              signals.add(
                  new GridSignal(
                      format.source(),
                      area,
                      startMillis,
                      startMillis + step * MINUTE,
                      knownMillis,
                      stage,
                      of)));
      return new Row(signals, null);
    }
  }

  /**
   * Reads all rows once.
   *
   * @param others gets the rows that have no value or are rejected; null when nobody wants them
   */
  private void pass(Consumer<Parsed> receiver, Consumer<Row> others) throws IOException {
    try (InputStream in = open()) {
      LineReader lines = new LineReader(in, MAX_ROW_BYTES);
      Rows rows = new Rows(lines);
      while (lines.next()) {
        if (lines.blank()) {
          continue;
        }
        try {
          Parsed row = rows.parse();
          if (row != null) {
            receiver.accept(row);
          } else if (others != null) {
            others.accept(new Row(List.of(), null));
          }
        } catch (InvalidRowException e) {
          if (others != null) {
            others.accept(new Row(List.of(), letter(lines, e)));
          }
        }
      }
    } catch (ZipException | EOFException e) {
      throw new InvalidFileException(file + " is damaged: its gzip data ends or breaks", e);
    } catch (NoSuchFileException e) {
      throw new InvalidFileException("There is no file " + file, e);
    }
  }

  private InputStream open() throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    in.mark(2);
    boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return gzip ? new GZIPInputStream(in, 1 << 16) : in;
  }

  private DeadLetter letter(LineReader line, InvalidRowException reason) {
    return new DeadLetter(
        PIPELINE,
        STEP,
        reason.code,
        reason.getMessage(),
        Payload.asText(line.copy()),
        new Origin(fileName(), 0, line.number()),
        knownMillis);
  }

  private String fileName() {
    return String.valueOf(file.getFileName());
  }

  private static final class InvalidRowException extends Exception {
    private static final long serialVersionUID = 1L;

    private final DeadLetterCode code;

    InvalidRowException(DeadLetterCode code, String message) {
      super(message);
      this.code = code;
    }
  }

  /** The rows of one pass: the order of the rows tells local times apart. */
  private final class Rows {
    private final LineReader lines;
    private final CsvFields fields = new CsvFields(format.delimiter(), '"');
    private final TimePattern pattern = new TimePattern(format.timePattern());
    private final LocalTimes localTimes =
        new LocalTimes(format.zone(), format.stepMinutes() * MINUTE);
    private final DecimalParser decimals = new DecimalParser(format.decimalMark(), (char) 0);
    private final int count;
    private final int areaColumn;
    private final int stageColumn;
    private final int[] timeColumns;
    private final int[] columns;

    Rows(LineReader lines) throws IOException {
      this.lines = lines;
      if (!lines.next()) {
        throw new InvalidFileException(file + " is empty");
      }
      byte[] first = lines.copy();
      if (first.length > 2 && first[0] == (byte) 0xef && first[1] == (byte) 0xbb) {
        lines.skip(3); // byte order mark
      }
      if (!fields.split(lines.bytes(), lines.from(), lines.to())) {
        throw new InvalidFileException(file + ": the header has a quote that is not closed");
      }
      List<String> header = fields.texts();
      count = header.size();
      columns = new int[format.columns().size()];
      for (int i = 0; i < columns.length; i++) {
        columns[i] =
            format.columns().get(i).headers().stream()
                .mapToInt(header::indexOf)
                .filter(index -> index >= 0)
                .findFirst()
                .orElse(NO_COLUMN);
      }
      List<String> absent = new ArrayList<>();
      areaColumn = find(format.areaColumn(), header, absent);
      stageColumn = find(format.stageColumn(), header, absent);
      timeColumns =
          format.timeColumns().stream().mapToInt(name -> find(name, header, absent)).toArray();
      if (!absent.isEmpty() || Arrays.stream(columns).allMatch(index -> index == NO_COLUMN)) {
        throw new InvalidFileException(
            file
                + " has no column "
                + (absent.isEmpty() ? "of values" : String.join(", ", absent))
                + " as format "
                + format.name()
                + " wants; its header has "
                + header.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", "))
                + ". Is it the right format, with the right delimiter ('"
                + format.delimiter()
                + "'), in UTF-8?");
      }
    }

    private static int find(String name, List<String> header, List<String> absent) {
      int index = name == null ? NO_COLUMN : header.indexOf(name);
      if (name != null && index < 0) {
        absent.add('"' + name + '"');
      }
      return index;
    }

    /** Null when the row has no value. */
    Parsed parse() throws InvalidRowException {
      if (lines.cut() || !fields.split(lines.bytes(), lines.from(), lines.to())) {
        throw new InvalidRowException(
            DeadLetterCode.INVALID_ROW, "The row is too long, or a quote is not closed");
      }
      if (fields.count() < count) {
        throw new InvalidRowException(
            DeadLetterCode.INVALID_ROW, fields.count() + " fields where the header has " + count);
      }
      GridValue[] values = new GridValue[columns.length];
      boolean any = false;
      for (int i = 0; i < columns.length; i++) {
        values[i] = columns[i] == NO_COLUMN ? null : value(format.columns().get(i), columns[i]);
        any |= values[i] != null;
      }
      if (!any) {
        return null;
      }
      String area = format.area() + (areaColumn == NO_COLUMN ? "" : fields.text(areaColumn));
      String word = stageColumn == NO_COLUMN ? "" : fields.text(stageColumn);
      GridStage stage = format.stages().get(word);
      if (stage == null) {
        throw new InvalidRowException(
            DeadLetterCode.UNKNOWN_KIND,
            "\"" + word + "\" is no stage; expected one of " + format.stages().keySet());
      }
      return new Parsed(area, stage, time(area), values);
    }

    private long time(String area) throws InvalidRowException {
      String text =
          Arrays.stream(timeColumns).mapToObj(fields::text).collect(Collectors.joining(" "));
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      long time;
      try {
        time = pattern.parse(bytes, 0, bytes.length);
      } catch (DateTimeException | ArithmeticException e) {
        throw new InvalidRowException(
            DeadLetterCode.INVALID_TIME, "\"" + text + "\" is no time like " + pattern);
      }
      if (pattern.hasOffset()) {
        return time;
      }
      long moment = localTimes.resolve(area, time);
      if (moment == LocalTimes.NONEXISTENT) {
        throw new InvalidRowException(
            DeadLetterCode.LOCAL_TIME_NONEXISTENT,
            "\"" + text + "\" does not exist in " + format.zone() + ": the clock change skips it");
      }
      return moment;
    }

    /** Null when there is none. */
    private GridValue value(SeriesFormat.Column column, int field) throws InvalidRowException {
      String text = fields.text(field);
      if (format.missing().contains(text) || column.missing().contains(text)) {
        return null;
      }
      byte[] bytes = column.texts().getOrDefault(text, text).getBytes(StandardCharsets.UTF_8);
      long value = decimals.parse(bytes, 0, bytes.length, 0);
      if (decimals.error() != null) {
        throw new InvalidRowException(
            decimals.error(), column.name() + " is \"" + text + "\"; expected a number");
      }
      if (!column.unit().accepts(value)) {
        throw new InvalidRowException(
            DeadLetterCode.VALUE_OUT_OF_RANGE,
            String.format(
                "%s is %s; expected %d to %d %s",
                column.name(),
                text,
                column.unit().lowest(),
                column.unit().highest(),
                column.unit().symbol()));
      }
      return new GridValue(column.name(), column.kind(), column.unit(), value);
    }
  }
}
