package dev.wattbeam.io.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The Carbon Intensity API over HTTP. A request that is repeated says what is known already (ETag),
 * so that the server can answer with nothing. Not thread-safe.
 */
public final class CarbonApi {
  /** Where the API is. */
  public static final String URL = "https://api.carbonintensity.org.uk";

  private static final int REMEMBERED = 200;

  private final String url;
  private final Duration timeout;
  private final Clock clock;
  private final HttpClient client;

  private final Map<String, String> etags =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > REMEMBERED;
        }
      };

  private CarbonApi(String url, Duration timeout, Clock clock) {
    this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    this.timeout = timeout;
    this.clock = clock;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
  }

  /**
   * The API at an address.
   *
   * @param timeout longest time that a request may take
   */
  public static CarbonApi at(String url, Duration timeout, Clock clock) {
    return new CarbonApi(url, timeout, clock);
  }

  /**
   * Asks for a stretch of time.
   *
   * @return nothing when the server says that nothing has changed
   * @throws HttpFailureException when there is no usable reply
   */
  CarbonJson.Reply fetch(CarbonFeed feed, Instant from, Instant to)
      throws HttpFailureException, InterruptedException {
    String path = feed.path(from, to);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(timeout)
            .header("Accept", "application/json");
    String etag = etags.get(path);
    if (etag != null) {
      request.header("If-None-Match", etag);
    }
    long known = clock.millis();
    HttpResponse<byte[]> response = send(request.build());
    if (response.statusCode() == 304) {
      return new CarbonJson.Reply(List.of(), List.of());
    }
    if (response.statusCode() != 200) {
      throw refused(response);
    }
    try {
      CarbonJson.Reply reply =
          CarbonJson.parse(response.body(), feed.area(), CarbonJson.SOURCE + path, known);
      response.headers().firstValue("ETag").ifPresent(tag -> etags.put(path, tag));
      return reply;
    } catch (IOException e) {
      throw new HttpFailureException(
          response.uri() + " gave a reply that cannot be read (" + CarbonJson.inWords(e) + ")",
          false,
          Duration.ZERO,
          e);
    }
  }

  private HttpResponse<byte[]> send(HttpRequest request)
      throws HttpFailureException, InterruptedException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (HttpTimeoutException e) {
      throw new HttpFailureException(
          request.uri() + " did not answer within " + timeout.toSeconds() + " s",
          false,
          Duration.ZERO,
          e);
    } catch (IOException e) {
      throw new HttpFailureException(
          request.uri() + " cannot be reached: " + e, false, Duration.ZERO, e);
    }
  }

  private HttpFailureException refused(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    return new HttpFailureException(
        response.uri() + " answered with status " + status,
        status == 429,
        response.headers().firstValue("Retry-After").map(this::duration).orElse(Duration.ZERO),
        null);
  }

  /** Seconds, or a date; what is neither counts as nothing. */
  private Duration duration(String retryAfter) {
    try {
      if (!retryAfter.isEmpty() && retryAfter.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return Duration.ofSeconds(Long.parseLong(retryAfter));
      }
      Instant until =
          ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(clock.instant(), until);
      return wait.isNegative() ? Duration.ZERO : wait;
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      return Duration.ZERO;
    }
  }
}
