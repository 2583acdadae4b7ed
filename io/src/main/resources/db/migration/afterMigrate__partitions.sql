-- Monthly partitions for what other systems insert during the next year; run by each migration.
SELECT wattbeam.ensure_month_partitions(
  'raw_readings',
  ARRAY(SELECT generate_series(
    date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month',
    date_trunc('month', now() AT TIME ZONE 'UTC') + interval '12 months',
    interval '1 month')::date));
