package dev.wattbeam.io.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Looks whether the topic can be read, before a pipeline starts. */
public final class KafkaTopics {
  private static final Duration TIMEOUT = Duration.ofSeconds(8);
  private static final int MAX_SUGGESTIONS = 5;

  private KafkaTopics() {}

  /**
   * Checks that the brokers answer and that the topic exists; takes at most 10 s.
   *
   * @return the number of partitions of the topic
   * @throws KafkaUnavailableException when no broker answers, or they refuse the credentials
   * @throws IllegalArgumentException when the topic does not exist
   */
  public static int check(KafkaConfig config) {
    return describe(config).partitions().size();
  }

  /**
   * Kafka's own identifier of the topic: a topic that is deleted and made anew gets another one.
   *
   * @throws KafkaUnavailableException as {@link #check}
   * @throws IllegalArgumentException as {@link #check}
   */
  public static String id(KafkaConfig config) {
    return describe(config).topicId().toString();
  }

  private static TopicDescription describe(KafkaConfig config) {
    Map<String, Object> properties = config.adminProperties();
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis() / 2);
    Admin admin;
    try {
      admin = Admin.create(properties);
    } catch (KafkaException e) {
      throw unavailable(config, e);
    }
    try {
      return get(admin.describeTopics(List.of(config.topic())).allTopicNames()).get(config.topic());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        throw new IllegalArgumentException(missing(config, existing(admin)), e.getCause());
      }
      throw unavailable(config, e.getCause());
    } catch (TimeoutException e) {
      throw unavailable(config, e);
    } finally {
      admin.close(Duration.ofMillis(500));
    }
  }

  private static <T> T get(KafkaFuture<T> future) throws ExecutionException, TimeoutException {
    try {
      return future.get(TIMEOUT.toMillis() + 500, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaUnavailableException("Interrupted while waiting for Kafka", e);
    }
  }

  /** Only for the words of an error, so empty when the names cannot be had. */
  private static Set<String> existing(Admin admin) {
    try {
      return get(admin.listTopics().names());
    } catch (ExecutionException | TimeoutException e) {
      return Set.of();
    }
  }

  private static String missing(KafkaConfig config, Set<String> topics) {
    List<String> similar = similar(config.topic(), topics);
    return "Kafka at "
        + config.bootstrapServers()
        + " has no topic '"
        + config.topic()
        + "'"
        + (similar.isEmpty() ? "" : "; there is " + String.join(", ", similar))
        + "; to make it: kafka-topics.sh --bootstrap-server "
        + config.bootstrapServers()
        + " --create --topic "
        + config.topic()
        + " --partitions 4";
  }

  /** The names that are likely meant, at most a few, the likeliest first. */
  static List<String> similar(String wanted, Collection<String> topics) {
    return topics.stream()
        .filter(topic -> distance(wanted, topic) <= Math.max(2, wanted.length() / 2))
        .sorted(
            (a, b) -> {
              int byDistance = Integer.compare(distance(wanted, a), distance(wanted, b));
              return byDistance != 0 ? byDistance : a.compareTo(b);
            })
        .limit(MAX_SUGGESTIONS)
        .toList();
  }

  /** Number of characters to insert, delete or replace; none when one name contains the other. */
  private static int distance(String wanted, String topic) {
    String a = wanted.toLowerCase(Locale.ROOT);
    String b = topic.toLowerCase(Locale.ROOT);
    if (a.contains(b) || b.contains(a)) {
      return 0;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  private static KafkaUnavailableException unavailable(KafkaConfig config, Throwable e) {
    return new KafkaUnavailableException(inWords(config, e), e);
  }

  /** One line about a failure of a Kafka client, for the operator. */
  static String inWords(KafkaConfig config, Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null
        && !(root instanceof AuthenticationException)
        && !(root instanceof AuthorizationException)) {
      root = root.getCause();
    }
    String detail = String.valueOf(root.getMessage()).replace('\n', ' ');
    if (root instanceof AuthenticationException) {
      return "Kafka at "
          + config.bootstrapServers()
          + " refuses the login: "
          + detail
          + "; check the security settings in --kafkaPropertiesFile";
    }
    if (root instanceof AuthorizationException) {
      return "Kafka at "
          + config.bootstrapServers()
          + " does not allow this: "
          + detail
          + "; the user needs READ and DESCRIBE on topic '"
          + config.topic()
          + "' and READ on group '"
          + config.groupId()
          + "'";
    }
    if (root instanceof TimeoutException
        || root instanceof org.apache.kafka.common.errors.TimeoutException
        || root instanceof org.apache.kafka.common.config.ConfigException) {
      return "Kafka cannot be reached at "
          + config.bootstrapServers()
          + " ("
          + detail
          + "); check that the broker runs and --kafkaBootstrapServers";
    }
    return "Kafka at " + config.bootstrapServers() + " failed: " + detail;
  }
}
