package dev.wattbeam.io.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wattbeam.embedded.SharedData;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.GridKind;
import dev.wattbeam.model.GridSignal;
import dev.wattbeam.model.GridValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The poller against a server that replies like the API, and sometimes fails like it. */
class CarbonPollerTest {
  private static final Instant NOON = Instant.parse("2024-03-02T12:07:00Z");
  private static final Duration EVERY = Duration.ofMinutes(5);

  private final Now now = new Now();
  private Duration timeout = Duration.ofSeconds(20);
  private final Api api = new Api();
  private final List<GridSignal> sent = new ArrayList<>();
  private final List<DeadLetter> rejected = new ArrayList<>();

  private static final class Now extends Clock {
    private Instant instant = NOON;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return instant;
    }
  }

  /** Half-hours of the national intensity: forecast 100 + hour, actual one less. */
  private final class Api {
    private final Deque<Fault> faults = new ArrayDeque<>();
    private final List<String> paths = new ArrayList<>();
    private final Map<String, Integer> actual = new TreeMap<>();
    private Instant missingFrom = Instant.MAX;
    private Instant missingTo = Instant.MAX;
    private int notModified;
    private HttpServer server;

    void start() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(Executors.newFixedThreadPool(2));
      server.createContext("/", this::answer);
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    private void answer(HttpExchange exchange) throws IOException {
      try (exchange) {
        paths.add(exchange.getRequestURI().getPath());
        Fault fault = faults.poll();
        if (fault != null) {
          fault.answer(exchange);
          return;
        }
        String[] parts = exchange.getRequestURI().getPath().split("/");
        String body = intensity(Instant.parse(seconds(parts[2])), Instant.parse(seconds(parts[3])));
        String etag = '"' + Integer.toHexString(body.hashCode()) + '"';
        exchange.getResponseHeaders().add("ETag", etag);
        if (etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
          notModified++;
          exchange.sendResponseHeaders(304, -1);
          return;
        }
        reply(exchange, 200, body);
      }
    }

    private static String seconds(String minute) {
      return minute.replace("Z", ":00Z");
    }

    private String intensity(Instant from, Instant to) {
      List<String> entries = new ArrayList<>();
      for (Instant t = from; t.isBefore(to); t = t.plusSeconds(1800)) {
        if (!t.isBefore(missingFrom) && t.isBefore(missingTo)) {
          continue;
        }
        int forecast = 100 + t.atZone(ZoneOffset.UTC).getHour();
        boolean past = !t.plusSeconds(1800).isAfter(now.instant);
        String start = t.toString().replace(":00Z", "Z");
        entries.add(
            "{\"from\":\"%s\",\"to\":\"%s\",\"intensity\":{\"forecast\":%d,\"actual\":%s,\"index\":\"moderate\"}}"
                .formatted(
                    start,
                    t.plusSeconds(1800).toString().replace(":00Z", "Z"),
                    forecast,
                    past ? String.valueOf(actual.getOrDefault(start, forecast - 1)) : "null"));
      }
      return "{\"data\":[" + String.join(",", entries) + "]}";
    }
  }

  @FunctionalInterface
  private interface Fault {
    void answer(HttpExchange exchange) throws IOException;

    static Fault status(int status, String... header) {
      return exchange -> {
        for (int i = 0; i < header.length; i += 2) {
          exchange.getResponseHeaders().add(header[i], header[i + 1]);
        }
        exchange.sendResponseHeaders(status, -1);
      };
    }

    static Fault body(String body) {
      return exchange -> reply(exchange, 200, body);
    }
  }

  private static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @BeforeEach
  void start() throws IOException {
    api.start();
  }

  @AfterEach
  void stop() {
    api.server.stop(0);
  }

  private CarbonPoller poller(Duration backfill, String... feeds) {
    return new CarbonPoller(
        CarbonApi.at(api.url(), timeout, now),
        List.of(feeds).stream().map(CarbonFeed::of).toList(),
        EVERY,
        backfill,
        now,
        new CarbonPoller.Output() {
          @Override
          public void send(List<GridSignal> signals) {
            sent.addAll(signals);
          }

          @Override
          public void reject(DeadLetter letter) {
            rejected.add(letter);
          }
        });
  }

  private CarbonPoller.Round poll(CarbonPoller poller) {
    try {
      return poller.poll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The newest value of each half-hour, such as {@code 2024-03-02T12:00:00Z ACTUAL=111}. */
  private Map<String, Long> newest() {
    Map<String, Long> newest = new TreeMap<>();
    for (GridSignal signal : sent) {
      for (GridValue value : signal.values()) {
        if (value.name().equals("carbon-intensity")) {
          newest.put(
              Instant.ofEpochMilli(signal.startMillis()) + " " + value.kind(),
              value.value() / 1_000_000_000);
        }
      }
    }
    return newest;
  }

  @Test
  void sendsEachValueOnceAndAgainWhenItIsCorrected() {
    CarbonPoller poller = poller(Duration.ZERO, "national");
    CarbonPoller.Round first = poll(poller);
    assertThat(first.failures()).isEmpty();
    assertThat(first.pause()).isEqualTo(EVERY);
    // 48 half-hours before noon, 96 after it; forecast and index each, actual of the past.
    assertThat(first.values()).isEqualTo(2 * 144 + 48);
    assertThat(newest())
        .containsEntry("2024-03-02T11:30:00Z ACTUAL", 110L)
        .containsEntry("2024-03-02T12:00:00Z FORECAST", 112L)
        .doesNotContainKey("2024-03-02T12:00:00Z ACTUAL");

    now.instant = NOON.plus(EVERY);
    assertThat(poll(poller).values()).isZero();
    assertThat(api.notModified).isEqualTo(1);

    // Another window, so another address: what has not changed is recognised by its value.
    now.instant = NOON.plus(Duration.ofMinutes(30));
    api.actual.put("2024-03-02T03:00Z", 95);
    sent.clear();
    // A new actual value with its index, a corrected one, a new half-hour at the end.
    assertThat(poll(poller).values()).isEqualTo(2 + 1 + 2);
    assertThat(newest())
        .containsOnly(
            Map.entry("2024-03-02T03:00:00Z ACTUAL", 95L),
            Map.entry("2024-03-02T12:00:00Z ACTUAL", 111L),
            Map.entry("2024-03-04T12:00:00Z FORECAST", 112L));
    assertThat(sent).allMatch(signal -> signal.knownMillis() == now.millis());
  }

  @Test
  void waitsAsLongAsItIsAskedTo() {
    CarbonPoller poller = poller(Duration.ZERO, "national", "generation");
    api.faults.add(Fault.status(429, "Retry-After", "77"));
    CarbonPoller.Round round = poll(poller);
    assertThat(round.failures()).singleElement().asString().contains("/intensity/", "status 429");
    assertThat(round.pause()).isEqualTo(Duration.ofSeconds(77));
    assertThat(api.paths).as("no further request in this round").hasSize(1);
    api.faults.add(Fault.status(503, "Retry-After", "Sat, 02 Mar 2024 12:10:00 GMT"));
    assertThat(poll(poller).pause()).isEqualTo(Duration.ofMinutes(3));
    api.faults.add(Fault.status(429, "Retry-After", "99999999"));
    assertThat(poll(poller).pause()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void waitsLongerWithEachFailureAndLosesNothing() {
    CarbonPoller poller = poller(Duration.ZERO, "national");
    String good = api.intensity(NOON.minusSeconds(420), NOON.plusSeconds(36_000));
    api.faults.add(Fault.status(500));
    api.faults.add(Fault.body(good.substring(0, good.length() / 2)));
    api.faults.add(Fault.body("<html>maintenance</html>"));
    api.faults.add(Fault.body("{\"error\":{\"code\":\"400 Bad Request\"}}"));
    api.faults.add(
        exchange -> {
          // Less than was announced.
          exchange.sendResponseHeaders(200, 10_000);
          exchange.getResponseBody().write(good.substring(0, 500).getBytes(UTF_8));
        });
    long before = 0;
    for (int i = 0; i < 5; i++) {
      CarbonPoller.Round round = poll(poller);
      assertThat(round.failures()).hasSize(1);
      assertThat(round.pause().toMillis()).isBetween((long) (1_600 << i), (long) (2_400 << i));
      assertThat(round.pause().toMillis()).isGreaterThan(before);
      before = round.pause().toMillis();
    }
    assertThat(sent).isEmpty();
    CarbonPoller.Round round = poll(poller);
    assertThat(round.failures()).isEmpty();
    assertThat(round.pause()).isEqualTo(EVERY);
    assertThat(newest()).hasSize(144 + 48);
  }

  @Test
  void doesNotWaitForEver() {
    timeout = Duration.ofMillis(200);
    CountDownLatch done = new CountDownLatch(1);
    api.faults.add(
        exchange -> {
          try {
            done.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        });
    CarbonPoller.Round round = poll(poller(Duration.ZERO, "national"));
    done.countDown();
    assertThat(round.failures()).singleElement().asString().contains("did not answer within");
    assertThat(sent).isEmpty();
  }

  @Test
  void fillsTheGapAfterAnOutage() {
    CarbonPoller poller = poller(Duration.ofDays(5), "national");
    assertThat(poll(poller).missing()).isZero();
    assertThat(newest().keySet().stream().filter(key -> key.endsWith("ACTUAL"))).hasSize(5 * 48);
    // Three days without a server; what was forecast for them is no replacement.
    for (int i = 0; i < 5; i++) {
      api.faults.add(Fault.status(502));
    }
    now.instant = NOON.plus(Duration.ofDays(1));
    poll(poller);
    now.instant = NOON.plus(Duration.ofDays(3));
    CarbonPoller.Round during = poll(poller);
    assertThat(during.failures()).hasSize(2);
    assertThat(during.missing()).isEqualTo(3 * 48 - 1);
    api.faults.clear();
    api.paths.clear();
    CarbonPoller.Round after = poll(poller);
    assertThat(after.failures()).isEmpty();
    assertThat(after.missing()).isZero();
    assertThat(api.paths)
        .as("the last day and the next two, and one request for the gap")
        .containsExactly(
            "/intensity/2024-03-04T12:00Z/2024-03-07T12:00Z",
            "/intensity/2024-03-02T12:00Z/2024-03-04T12:00Z");
  }

  @Test
  void asksForADayThatTheServerLacksNowAndThen() {
    api.missingFrom = Instant.parse("2024-02-29T00:00:00Z");
    api.missingTo = Instant.parse("2024-03-01T00:00:00Z");
    CarbonPoller poller = poller(Duration.ofDays(4), "national");
    assertThat(poll(poller).missing()).isEqualTo(48);
    api.paths.clear();
    now.instant = NOON.plus(EVERY);
    assertThat(poll(poller).missing()).isEqualTo(48);
    assertThat(api.paths).hasSize(1);
    api.missingFrom = Instant.MAX;
    now.instant = NOON.plus(Duration.ofMinutes(61));
    assertThat(poll(poller).missing()).isZero();
    assertThat(newest()).containsEntry("2024-02-29T23:30:00Z ACTUAL", 122L);
  }

  @Test
  void remembersWhatAnEarlierRunSent() {
    assertThat(poll(poller(Duration.ofDays(3), "national")).failures()).isEmpty();
    List<GridSignal> before = List.copyOf(sent);
    sent.clear();
    api.actual.put("2024-03-02T03:00Z", 95);
    CarbonPoller again = poller(Duration.ofDays(3), "national");
    before.forEach(again::remember);
    assertThat(poll(again).values()).isEqualTo(1);
    assertThat(newest()).containsOnly(Map.entry("2024-03-02T03:00:00Z ACTUAL", 95L));
  }

  @Test
  void oneFeedDoesNotStopTheOthers() {
    CarbonPoller poller = poller(Duration.ZERO, "region-7", "national");
    api.faults.add(Fault.status(404));
    CarbonPoller.Round round = poll(poller);
    assertThat(round.failures()).singleElement().asString().contains("regionid/7", "404");
    assertThat(newest()).hasSize(144 + 48);
  }

  @Test
  void readsListsAndObjectsAndRejectsSingleEntries() {
    String entry =
        "{\"from\":\"2022-12-31T23:30Z\",\"to\":\"2023-01-01T00:00Z\","
            + "\"intensity\":{\"forecast\":152,\"index\":\"moderate\"},"
            + "\"generationmix\":[{\"fuel\":\"gas\",\"perc\":28.5},{\"fuel\":\"other\",\"perc\":0}]}";
    String region =
        "{\"regionid\":11,\"shortname\":\"South West England\",\"data\":[" + entry + "]}";
    CarbonPoller poller = poller(Duration.ZERO, "region-11");
    for (String data :
        List.of(region, "[" + region + "]", "{\"regions\":0,\"data\":" + region + "}")) {
      sent.clear();
      poller = poller(Duration.ZERO, "region-11");
      api.faults.add(Fault.body("{\"data\":" + data + "}"));
      poll(poller);
      assertThat(sent)
          .singleElement()
          .satisfies(
              signal -> {
                assertThat(signal.area()).isEqualTo("GB-11");
                assertThat(signal.values()).hasSize(4).allMatch(v -> v.kind() == GridKind.FORECAST);
                assertThat(signal.values().get(2).value()).isEqualTo(28_500_000_000L);
              });
    }
    sent.clear();
    poller = poller(Duration.ZERO, "region-11");
    api.faults.add(
        Fault.body(
            "{\"data\":["
                + entry.replace("152", "\"152\"").replace("31T23:30Z", "31T22:30Z")
                + ","
                + entry.replace("152", "-3")
                + ","
                + entry.replace("moderate", "so-so")
                + ","
                + entry.replace("\"from\"", "\"form\"")
                + ","
                + entry
                + "]}"));
    poll(poller);
    assertThat(sent).hasSize(1);
    assertThat(rejected.stream().map(DeadLetter::code))
        .containsExactly(
            DeadLetterCode.WRONG_FIELD_TYPE,
            DeadLetterCode.VALUE_OUT_OF_RANGE,
            DeadLetterCode.INVALID_VALUE,
            DeadLetterCode.INVALID_TIME);
    assertThat(rejected.stream().map(DeadLetter::origin)).doesNotHaveDuplicates();
  }

  @Test
  void readsRealReplies() throws Exception {
    Map<String, String> feedOf =
        Map.of(
            "api_generation_3x30min.json", "generation",
            "api_intensity_national_pt24h_2023-03-14T0301Z.json", "national",
            "api_regional_postcode_BS7_2x30min.json", "region-11",
            "api_regional_regionid12.json", "region-12");
    Map<String, Integer> values = new TreeMap<>();
    for (Map.Entry<String, String> file : feedOf.entrySet()) {
      CarbonPoller poller = poller(Duration.ZERO, file.getValue());
      api.faults.add(Fault.body(Files.readString(SharedData.file("gb-carbon/" + file.getKey()))));
      values.put(file.getValue(), poll(poller).values());
    }
    assertThat(rejected).isEmpty();
    assertThat(values)
        .containsOnly(
            Map.entry("generation", 3 * 9),
            Map.entry("national", 48 * 3),
            Map.entry("region-11", 2 * (2 + 9)),
            Map.entry("region-12", 2 + 9));
    double mix =
        sent.stream()
            .filter(signal -> signal.area().equals("GB-12"))
            .flatMap(signal -> signal.values().stream())
            .filter(value -> value.name().startsWith("generation-share."))
            .mapToDouble(value -> value.value() / 1e9)
            .sum();
    assertThat(mix).isBetween(99.5, 100.5);
  }
}
