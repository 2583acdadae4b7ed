package dev.wattbeam.io.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GreenButtonTest {
  private static final ReadingFormat FORMAT = ReadingFormat.of("green-button");
  private static final long START = 1_700_000_000L;
  private static final String POINT_1 = "RetailCustomer/1/UsagePoint/1";
  private static final String POINT_2 = "RetailCustomer/2/UsagePoint/1";

  @Test
  void valueUnitAndEndOfTheSpan() throws IOException {
    Rows rows =
        rows(
            usagePoint(POINT_1),
            meterReading(POINT_1, 1, "ReadingType/1"),
            block(POINT_1, 1, reading(START, 900, "324"), reading(START + 900, 900, "0")),
            readingType(1, "<uom>72</uom><flowDirection>1</flowDirection>"));
    assertThat(rows.readings())
        .containsExactly(
            Reading.of(
                POINT_1,
                "import",
                ReadingType.INTERVAL,
                (START + 900) * 1000,
                324_000_000,
                900_000),
            Reading.of(POINT_1, "import", ReadingType.INTERVAL, (START + 1800) * 1000, 0, 900_000));
    assertThat(rows.rejected()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    // uom, multiplier, accumulation, flow, value -> type, channel, nano-units
    "72, 0, 4, 1, 324, INTERVAL, import, 324000000",
    "72, ' 3 ', 4, 1, 2, INTERVAL, import, 2000000000",
    "72, -3, 4, 1, 1500, INTERVAL, import, 1500000",
    "72, -6, 4, 1, 1, INTERVAL, import, 1",
    "72, -7, 4, 1, 15, INTERVAL, import, 2",
    "72, '', 0, '', 5, INTERVAL, import, 5000000",
    "72, 0, 9, 19, 7, INTERVAL, export, 7000000",
    "72, 0, 4, 4, -7, INTERVAL, net, -7000000",
    "72, 3, 3, 1, 12345, REGISTER, import, 12345000000000",
    "72, 3, 1, 19, 12345, REGISTER, export, 12345000000000",
    "38, 0, 12, 1, 1234, POWER, import, 1234000000",
    "38, 3, 6, 1, 1.5, POWER, import, 1500000000",
  })
  void everyKindOfValue(
      String uom,
      String multiplier,
      String accumulation,
      String flow,
      String value,
      ReadingType type,
      String channel,
      long nanos)
      throws IOException {
    Rows rows =
        rows(
            usagePoint(POINT_1),
            meterReading(POINT_1, 1, "ReadingType/1"),
            block(POINT_1, 1, reading(START, 900, value)),
            readingType(
                1,
                "<uom> "
                    + uom
                    + " </uom><powerOfTenMultiplier>"
                    + multiplier
                    + "</powerOfTenMultiplier><accumulationBehaviour>"
                    + accumulation
                    + "</accumulationBehaviour><flowDirection>"
                    + flow
                    + "</flowDirection>"));
    assertThat(rows.rejected()).isEmpty();
    assertThat(rows.readings())
        .containsExactly(
            Reading.of(
                POINT_1,
                channel,
                type,
                (START + 900) * 1000,
                nanos,
                type == ReadingType.REGISTER ? 0 : 900_000));
  }

  @ParameterizedTest
  @CsvSource({
    "<uom>73</uom>, UNKNOWN_UNIT, 73",
    "<uom/>, UNKNOWN_UNIT, 0",
    "<uom>kWh</uom>, WRONG_FIELD_TYPE, kWh",
    "<uom>72</uom><flowDirection>20</flowDirection>, UNKNOWN_CHANNEL, 20",
    "<uom>38</uom><dataQualifier>8</dataQualifier>, UNKNOWN_READING_TYPE, dataQualifier 8",
    "<uom>38</uom><accumulationBehaviour>3</accumulationBehaviour>, UNKNOWN_READING_TYPE, 3",
    "<uom>72</uom><powerOfTenMultiplier>40</powerOfTenMultiplier>, VALUE_OUT_OF_RANGE, 40",
  })
  void whatIsNoElectricEnergyIsRejectedReadingByReading(
      String type, DeadLetterCode code, String word) throws IOException {
    Rows rows =
        rows(
            usagePoint(POINT_1),
            meterReading(POINT_1, 1, "ReadingType/1"),
            block(POINT_1, 1, reading(START, 900, "1"), reading(START + 900, 900, "2")),
            readingType(1, type));
    assertThat(rows.published()).isZero();
    assertThat(rows.rejected()).hasSize(2);
    DeadLetter letter = rows.rejected().get(0);
    assertThat(letter.code()).isEqualTo(code);
    assertThat(letter.message()).contains(POINT_1, word);
    assertThat(letter.payload())
        .isEqualTo(
            "<IntervalReading><timePeriod><duration>900</duration><start>"
                + START
                + "</start></timePeriod><value>1</value></IntervalReading>");
  }

  @Test
  void gasIsNotElectricity() throws IOException {
    Rows rows =
        rows(
            usagePoint(POINT_1).replace("<kind>0</kind>", "<kind> 1 </kind>"),
            meterReading(POINT_1, 1, "ReadingType/1"),
            block(POINT_1, 1, reading(START, 900, "1")),
            readingType(1, "<uom>72</uom>"));
    assertThat(rows.rejected())
        .extracting(DeadLetter::code)
        .containsExactly(DeadLetterCode.UNKNOWN_READING_TYPE);
  }

  @Test
  void badReadingsAreDeadLettersWithTheirLine() throws IOException {
    Rows rows =
        rows(
            usagePoint(POINT_1),
            meterReading(POINT_1, 1, "ReadingType/1"),
            block(
                POINT_1,
                1,
                reading(START, 900, "ten"),
                reading(START, 900, "99999999999999999999"),
                reading(START, 900, ""),
                reading(START, 0, "1"),
                reading(START, -900, "1"),
                "<IntervalReading><value>1</value></IntervalReading>",
                "<IntervalReading><timePeriod><start>noon</start></timePeriod><value>1</value>"
                    + "</IntervalReading>",
                "<IntervalReading><timePeriod><start>999999999999</start></timePeriod>"
                    + "<value>1</value></IntervalReading>",
                reading(START, 900, "1")
                    .replace(
                        "<value>", "<ReadingQuality><quality>6</quality></ReadingQuality><value>"),
                reading(START, 900, "1")),
            readingType(1, "<uom>72</uom><intervalLength>900</intervalLength>"));
    assertThat(rows.rejected())
        .extracting(DeadLetter::code)
        .containsExactly(
            DeadLetterCode.INVALID_VALUE,
            DeadLetterCode.VALUE_OUT_OF_RANGE,
            DeadLetterCode.INVALID_DURATION,
            DeadLetterCode.INVALID_DURATION,
            DeadLetterCode.MISSING_FIELD,
            DeadLetterCode.INVALID_TIME,
            DeadLetterCode.INVALID_TIME,
            DeadLetterCode.UNKNOWN_QUALITY);
    assertThat(rows.missing()).isEqualTo(1);
    assertThat(rows.published()).isEqualTo(1);
    assertThat(rows.rejected().get(0).origin().source()).isEqualTo("test.csv");
    // One entry per line: feed, usage point, meter reading, then the block with its readings.
    assertThat(rows.all()).extracting(FileRow::line).startsWith(5L, 6L, 7L);
    assertThat(rows.rejected().get(0).origin().position()).isEqualTo(5);
    assertThat(rows.rejected().get(0).pipeline()).isEqualTo("publish-readings");
  }

  @Test
  void deadLettersOfAFileOfOneLineKeepKeysOfTheirOwn() throws IOException {
    String feed =
        feed(
                usagePoint(POINT_1),
                meterReading(POINT_1, 1, "ReadingType/1"),
                block(POINT_1, 1, reading(START, 900, "a"), reading(START, 900, "b")),
                readingType(1, "<uom>72</uom>"))
            .replace("\n", "");
    assertThat(Rows.of(feed, FORMAT).rejected())
        .extracting(letter -> letter.origin().position())
        .doesNotHaveDuplicates()
        .hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "0, VALID",
    "7, MANUALLY_EDITED",
    "8, ESTIMATED_REFERENCE_DAY",
    "9, ESTIMATED_LINEAR",
    "10, QUESTIONABLE",
    "11, DERIVED",
    "12, PROJECTED",
    "13, QUESTIONABLE",
    "14, RAW",
    "15, DERIVED",
    "16, QUESTIONABLE",
    "17, VALIDATED",
    "18, VERIFIED",
    "19, VERIFIED",
  })
  void qualities(String code, Quality quality) throws IOException {
    String stated = "<ReadingQuality><quality>" + code + "</quality></ReadingQuality><value>";
    Rows rows =
        rows(
            usagePoint(POINT_1),
            meterReading(POINT_1, 1, "ReadingType/1"),
            block(
                POINT_1,
                1,
                reading(START, 900, "1").replace("<value>", stated),
                reading(START + 900, 900, "1")),
            readingType(1, "<uom>72</uom><defaultQuality>17</defaultQuality>"));
    assertThat(rows.readings())
        .extracting(Reading::quality)
        .containsExactly(quality, Quality.VALIDATED);
  }

  @Test
  void ofSeveralQualitiesTheWorst() throws IOException {
    Rows rows =
        rows(
            usagePoint(POINT_1),
            meterReading(POINT_1, 1, "ReadingType/1"),
            block(
                POINT_1,
                1,
                reading(START, 900, "1")
                    .replace(
                        "<value>",
                        "<ReadingQuality>17</ReadingQuality><ReadingQuality><quality> 8 </quality>"
                            + "</ReadingQuality><ReadingQuality><quality>0</quality>"
                            + "</ReadingQuality><value>")),
            readingType(1, "<uom>72</uom>"));
    assertThat(rows.readings())
        .extracting(Reading::quality)
        .containsExactly(Quality.ESTIMATED_REFERENCE_DAY);
  }

  @Test
  void usagePointsAreMetersAndLinksTellWhoseAReadingIs() throws IOException {
    String[] entries = {
      block(POINT_2, 1, reading(START, 3600, "20")),
      block(POINT_1, 2, reading(START, 3600, "11")),
      block(POINT_1, 1, reading(START, 3600, "10")),
      readingType(2, "<uom>72</uom><flowDirection>19</flowDirection>"),
      meterReading(POINT_1, 1, "ReadingType/1"),
      meterReading(POINT_2, 1, "ReadingType/1"),
      meterReading(POINT_1, 2, "ReadingType/2"),
      readingType(1, "<uom>72</uom><powerOfTenMultiplier>3</powerOfTenMultiplier>"),
      usagePoint(POINT_2),
      usagePoint(POINT_1)
    };
    assertThat(names(rows(entries)))
        .containsExactly(
            POINT_2 + " import 20000000000",
            POINT_1 + " export 11000000",
            POINT_1 + " import 10000000000");
    // Other makers: absolute addresses, links behind the content, no link upwards.
    String other =
        feed(entries)
            .replace("href=\"", "href=\"https://utility.example/espi/1_1/resource/")
            .replaceAll("<link rel=\"up\"[^>]*>", "")
            .replaceAll("(<link.*>)(<content>.*</content>)", "$2$1");
    assertThat(names(Rows.of(other, FORMAT)))
        .containsExactly(
            POINT_2 + " import 20000000000",
            POINT_1 + " export 11000000",
            POINT_1 + " import 10000000000");
  }

  private static List<String> names(Rows rows) {
    assertThat(rows.rejected()).isEmpty();
    return rows.readings().stream()
        .map(reading -> reading.meter() + " " + reading.channel() + " " + reading.value())
        .toList();
  }

  @Test
  void aSecondSeriesOfOneKindIsAChannelOfItsOwn() throws IOException {
    Rows rows =
        rows(
            usagePoint(POINT_1),
            meterReading(POINT_1, 1, "ReadingType/1"),
            meterReading(POINT_1, 2, "ReadingType/2"),
            block(POINT_1, 1, reading(START, 900, "10")),
            block(POINT_1, 2, reading(START, 86400, "960")),
            readingType(1, "<uom>72</uom><intervalLength>900</intervalLength>"),
            readingType(2, "<uom>72</uom><intervalLength>86400</intervalLength>"));
    assertThat(rows.readings()).extracting(Reading::channel).containsExactly("import", "import-2");
  }

  @Test
  void blocksWithoutMeterReadingAreRejected() throws IOException {
    Rows rows =
        rows(
            usagePoint(POINT_1),
            usagePoint(POINT_2),
            meterReading(POINT_1, 1, "ReadingType/1"),
            meterReading(POINT_2, 1, "ReadingType/1"),
            block("RetailCustomer/9/UsagePoint/1", 1, reading(START, 900, "10")),
            readingType(1, "<uom>72</uom>"));
    assertThat(rows.rejected())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.code()).isEqualTo(DeadLetterCode.INVALID_ROW);
              assertThat(letter.message()).contains("RetailCustomer/9/UsagePoint/1/MeterReading/1");
            });
  }

  @Test
  void scanGivesMetersWithTheirZones(@TempDir Path folder) throws IOException {
    String[] entries = {
      usagePoint(POINT_1).replace("<content>", "<link rel=\"related\" href=\"Local/1\"/><content>"),
      usagePoint(POINT_2).replace("<content>", "<link rel=\"related\" href=\"Local/2\"/><content>"),
      localTime(1, -18_000, 3600, "360E2000", "B40E2000"),
      localTime(2, 3600, 3600, "3E0E2000", "AE0E3000"),
      meterReading(POINT_1, 1, "ReadingType/1"),
      meterReading(POINT_2, 1, "ReadingType/2"),
      block(POINT_1, 1, reading(START + 900, 900, "10")),
      block(POINT_2, 1, reading(START, 900, "-10")),
      readingType(1, "<uom>72</uom>"),
      readingType(2, "<uom>72</uom><flowDirection>4</flowDirection>")
    };
    Path file = Files.write(folder.resolve("gb.xml.gz"), Rows.gzip(feed(entries)));
    FileScan scan = FileScan.of(List.of(file), FORMAT);
    assertThat(scan.meters()).extracting(Meter::name).containsExactly(POINT_1, POINT_2);
    assertThat(scan.meters())
        .extracting(Meter::zone)
        .containsExactly(ZoneId.of("America/New_York"), ZoneId.of("Europe/Paris"));
    assertThat(scan.meters().get(0).channels()).isEqualTo(Map.of("import", ReadingType.INTERVAL));
    assertThat(scan.meters().get(0).type().reversible()).isFalse();
    assertThat(scan.meters().get(1).channels()).isEqualTo(Map.of("net", ReadingType.INTERVAL));
    assertThat(scan.meters().get(1).type().reversible()).isTrue();
    assertThat(scan.rows()).isEqualTo(2);
    assertThat(scan.inTimeOrder()).isFalse();
    assertThat(Instant.ofEpochMilli(scan.lastMillis()))
        .isEqualTo(Instant.ofEpochSecond(START + 1800));
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    assertThat(FileScan.of(List.of(file), FORMAT.withZone(berlin)).meters())
        .extracting(Meter::zone)
        .containsOnly(berlin);
  }

  @ParameterizedTest
  @CsvSource({
    "-18000, 3600, 360E2000, B40E2000, America/New_York",
    // The samples count the rule up by mistake, one second per usage point.
    "-18000, 3600, 360E2004, B40E2004, America/New_York",
    "-28800, 3600, 360E2000, B40E2000, America/Los_Angeles",
    "-21600, 3600, 360E2000, B40E2000, America/Chicago",
    "-12600, 3600, 360E2000, B40E2000, America/St_Johns",
    "3600, 3600, 3E0E2000, AE0E3000, Europe/Paris",
    "-25200, 0, 360E2000, B40E2000, -07:00",
    "-25200, 3600, '', '', -07:00",
    "-18000, 3600, 460E2000, B40E2000, -05:00",
    "0, 0, 00000000, 00000000, Z",
  })
  void zones(int offset, int saving, String start, String end, String zone) {
    assertThat(EspiCodes.zone(offset, saving, start, end)).isEqualTo(ZoneId.of(zone));
  }

  @Test
  void localTimeThatCannotBeRead() {
    assertThatThrownBy(() -> rows(usagePoint(POINT_1), localTime(1, 999_999, 0, "", "")))
        .isInstanceOf(InvalidFileException.class)
        .hasMessageContaining("line 3")
        .hasMessageContaining("tzOffset 999999")
        .hasMessageContaining("--zone");
  }

  @Test
  void aNameForTheOnlyUsagePoint() throws IOException {
    String[] entries = {
      usagePoint(POINT_1),
      meterReading(POINT_1, 1, "ReadingType/1"),
      block(POINT_1, 1, reading(START, 900, "10")),
      readingType(1, "<uom>72</uom>")
    };
    ReadingFormat named = FORMAT.withMeter("house");
    assertThat(Rows.of(feed(entries), named).readings())
        .extracting(Reading::meter)
        .containsExactly("house");
    String two = feed(entries).replace("</feed>", usagePoint(POINT_2) + "</feed>");
    assertThatThrownBy(() -> Rows.of(two, named))
        .isInstanceOf(InvalidFileException.class)
        .hasMessageContaining("2 usage points")
        .hasMessageContaining(POINT_1 + ", " + POINT_2);
  }

  @Test
  void prefixesCommentsAndSeveralBlocksPerEntry() throws IOException {
    String feed =
        "<a:feed xmlns:a=\"http://www.w3.org/2005/Atom\" xmlns:e=\"http://naesb.org/espi\">"
            + "<a:entry><a:id>urn:uuid:1</a:id><a:content><e:UsagePoint/></a:content></a:entry>"
            + "<a:entry><a:content><e:MeterReading/></a:content></a:entry>"
            + "<a:entry><a:content><e:ReadingType><e:uom>7<!-- x -->2</e:uom></e:ReadingType>"
            + "</a:content></a:entry><a:entry><a:content>"
            + "<e:IntervalBlock><e:interval><e:start>1</e:start></e:interval><e:IntervalReading>"
            + "<e:timePeriod><e:duration><![CDATA[900]]></e:duration><e:start>1000</e:start>"
            + "</e:timePeriod><e:value>5</e:value></e:IntervalReading></e:IntervalBlock>"
            + "<e:IntervalBlock><e:IntervalReading><e:timePeriod><e:duration>900</e:duration>"
            + "<e:start>1900</e:start></e:timePeriod><e:value>6</e:value></e:IntervalReading>"
            + "</e:IntervalBlock></a:content></a:entry></a:feed>";
    Rows rows = Rows.of(feed, FORMAT);
    assertThat(rows.readings())
        .extracting(reading -> reading.meter() + " " + reading.value())
        .containsExactly("urn:uuid:1 5000000", "urn:uuid:1 6000000");
  }

  @Test
  void aDocumentTypeIsRefusedAndNothingIsFetched(@TempDir Path folder) throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "42");
    String feed =
        feed(
                usagePoint(POINT_1),
                meterReading(POINT_1, 1, "ReadingType/1"),
                block(POINT_1, 1, reading(START, 900, "&x;")),
                readingType(1, "<uom>72</uom>"))
            .replace(
                "<feed", "<!DOCTYPE feed [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]>\n<feed");
    assertThatThrownBy(() -> Rows.of(feed, FORMAT))
        .isInstanceOf(InvalidFileException.class)
        .hasMessageContaining("DOCTYPE")
        .hasMessageContaining("line 1");
  }

  @Test
  void whatIsNoFeedIsOneClearLine() {
    assertThatThrownBy(() -> Rows.of("<html><body/></html>", FORMAT))
        .isInstanceOf(InvalidFileException.class)
        .hasMessage(
            "test.csv, line 1: no Green Button file: its root is <html>, not the <feed> of ESPI");
    assertThatThrownBy(() -> Rows.of("Date;Time;Value\n1;2;3\n", FORMAT))
        .isInstanceOf(InvalidFileException.class)
        .hasMessageStartingWith("test.csv, line 1: no well-formed XML: ")
        .hasMessageNotContaining("\n");
    String feed = feed(usagePoint(POINT_1), meterReading(POINT_1, 1, "ReadingType/1"));
    assertThatThrownBy(() -> Rows.of(feed.substring(0, feed.length() - 20), FORMAT))
        .isInstanceOf(InvalidFileException.class)
        .hasMessageStartingWith("test.csv, line 3: no well-formed XML: ");
    byte[] packed = Rows.gzip(feed);
    byte[] cut = Arrays.copyOf(packed, packed.length - 30);
    assertThatThrownBy(() -> Rows.of(cut, FORMAT, Set.of()))
        .isInstanceOf(InvalidFileException.class)
        .hasMessageStartingWith("test.csv");
    byte[] broken = packed.clone();
    broken[20] ^= 0x55;
    broken[30] ^= 0x55;
    assertThatThrownBy(() -> Rows.of(broken, FORMAT, Set.of()))
        .isInstanceOf(InvalidFileException.class)
        .hasMessageStartingWith("test.csv");
  }

  @Test
  void theTemporaryCopyOfAStreamIsGoneAfterwards() throws IOException {
    byte[] bytes = feed(usagePoint(POINT_1)).getBytes(StandardCharsets.UTF_8);
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    Set<Path> before = copies(temporary);
    try (ReadingFile file =
        ReadingFile.open(new ByteArrayInputStream(bytes), "stdin", 0, FORMAT, Set.of())) {
      assertThat(file.next()).isNull();
      assertThat(file.meters()).containsOnlyKeys(POINT_1);
      assertThat(file.meters().get(POINT_1).zone()).isEqualTo(ZoneOffset.UTC);
    }
    assertThat(before).containsAll(copies(temporary));
  }

  private static Set<Path> copies(Path folder) throws IOException {
    try (var files = Files.newDirectoryStream(folder, "wattbeam-*.tmp")) {
      Set<Path> found = new HashSet<>();
      files.forEach(found::add);
      return found;
    }
  }

  private static Rows rows(String... entries) throws IOException {
    return Rows.of(feed(entries), FORMAT);
  }

  private static String feed(String... entries) {
    return Arrays.stream(entries)
        .collect(
            Collectors.joining(
                "\n",
                "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\">\n",
                "\n</feed>"));
  }

  private static String entry(String links, String content) {
    return "<entry><id>urn:uuid:0</id>"
        + links
        + "<content>"
        + content.replaceFirst("(/?>)", " xmlns=\"http://naesb.org/espi\"$1")
        + "</content></entry>";
  }

  private static String usagePoint(String point) {
    return entry(
        link("self", point) + link("related", point + "/MeterReading"),
        "<UsagePoint><ServiceCategory><kind>0</kind></ServiceCategory></UsagePoint>");
  }

  private static String meterReading(String point, int number, String type) {
    String self = point + "/MeterReading/" + number;
    return entry(
        link("self", self)
            + link("up", point + "/MeterReading")
            + link("related", self + "/IntervalBlock")
            + link("related", type),
        "<MeterReading/>");
  }

  private static String block(String point, int number, String... readings) {
    String up = point + "/MeterReading/" + number + "/IntervalBlock";
    return entry(
        link("self", up + "/1") + link("up", up),
        "<IntervalBlock>\n" + String.join("\n", readings) + "</IntervalBlock>");
  }

  private static String reading(long start, long duration, String value) {
    return "<IntervalReading><timePeriod><duration>"
        + duration
        + "</duration><start>"
        + start
        + "</start></timePeriod><value>"
        + value
        + "</value></IntervalReading>";
  }

  private static String readingType(int number, String fields) {
    return entry(
        link("self", "ReadingType/" + number) + link("up", "ReadingType"),
        "<ReadingType>" + fields + "</ReadingType>");
  }

  private static String localTime(int number, int offset, int saving, String start, String end) {
    return entry(
        link("self", "Local/" + number),
        "<LocalTimeParameters><dstEndRule>"
            + end
            + "</dstEndRule><dstOffset>"
            + saving
            + "</dstOffset><dstStartRule>"
            + start
            + "</dstStartRule><tzOffset>"
            + offset
            + "</tzOffset></LocalTimeParameters>");
  }

  private static String link(String rel, String href) {
    return "<link rel=\"" + rel + "\" href=\"" + href + "\"/>";
  }
}
