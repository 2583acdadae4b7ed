-- Signals of the grid: carbon intensity, generation, exchange, prices; docs/grid-signals.md.

CREATE TABLE wattbeam.grid_areas (
  area text COLLATE "C" PRIMARY KEY,
  zone text NOT NULL
);
COMMENT ON TABLE wattbeam.grid_areas IS
  'Zone of the days of an area and of its regions: GB is meant for GB-11 too. Areas that are not here have days of UTC.';
INSERT INTO wattbeam.grid_areas VALUES ('GB', 'Europe/London'), ('FR', 'Europe/Paris');

CREATE TABLE wattbeam.grid_signals (
  source text COLLATE "C" NOT NULL,
  area text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  start_time timestamptz NOT NULL,
  end_time timestamptz NOT NULL,
  value numeric(19, 9) NOT NULL,
  unit text COLLATE "C" NOT NULL,
  stage smallint NOT NULL,
  known_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, area, name, kind, start_time),
  CONSTRAINT grid_span_is_not_empty CHECK (start_time < end_time)
);
COMMENT ON TABLE wattbeam.grid_signals IS
  'Newest version of each value. stage: 0 provisional, 1 consolidated, 2 final; a later stage replaces an earlier one, within a stage what became known later.';

-- Views -------------------------------------------------------------------------------------------
-- A source that settles half-hours replaces every second quarter-hour by a longer span, not by a row
-- of the same key: the old quarter-hours must not count beside it. An hour has three such rows.
CREATE VIEW wattbeam.grid_series AS
SELECT source, area, name, kind, start_time, end_time, value, unit, stage, known_at, zone,
       (start_time AT TIME ZONE zone)::date AS local_day
FROM (
  SELECT s.source, s.area, s.name, s.kind, s.start_time, s.end_time,
         s.value::double precision AS value, s.unit, s.stage, s.known_at,
         coalesce(a.zone, 'UTC') AS zone,
         coalesce(lag(s.end_time, 1) OVER w > s.start_time
             AND (lag(s.stage, 1) OVER w, lag(s.known_at, 1) OVER w) > (s.stage, s.known_at), false)
           OR coalesce(lag(s.end_time, 2) OVER w > s.start_time
             AND (lag(s.stage, 2) OVER w, lag(s.known_at, 2) OVER w) > (s.stage, s.known_at), false)
           OR coalesce(lag(s.end_time, 3) OVER w > s.start_time
             AND (lag(s.stage, 3) OVER w, lag(s.known_at, 3) OVER w) > (s.stage, s.known_at), false)
           AS superseded
  FROM wattbeam.grid_signals s
  LEFT JOIN wattbeam.grid_areas a ON a.area = split_part(s.area, '-', 1)
  WINDOW w AS (PARTITION BY s.source, s.area, s.name, s.kind ORDER BY s.start_time)
) versions
WHERE NOT superseded;
COMMENT ON VIEW wattbeam.grid_series IS
  'Values that count, with the local day. Ask for one source, area, name and kind: that is what is fast.';

CREATE VIEW wattbeam.grid_changes AS
SELECT source, area, name, kind, start_time, end_time, value, unit, zone, local_day,
       extract(epoch FROM end_time - start_time)::double precision AS seconds,
       CASE WHEN lag(end_time) OVER w = start_time THEN value - lag(value) OVER w END AS change,
       CASE WHEN lag(end_time) OVER w = start_time
         THEN (value - lag(value) OVER w) * 3600 / extract(epoch FROM end_time - start_time)::double precision
       END AS change_per_hour
FROM wattbeam.grid_series
WINDOW w AS (PARTITION BY source, area, name, kind ORDER BY start_time);
COMMENT ON VIEW wattbeam.grid_changes IS
  'Change against the span before, NULL after a gap: missing is never zero.';

CREATE VIEW wattbeam.grid_days AS
SELECT source, area, name, kind, unit, local_day, zone,
       count(*) AS spans,
       sum(seconds) / extract(epoch FROM
         (local_day + 1)::timestamp AT TIME ZONE zone - local_day::timestamp AT TIME ZONE zone
         )::double precision AS coverage,
       sum(value * seconds) / sum(seconds) AS mean,
       min(value) AS lowest,
       max(value) AS highest,
       (array_agg(start_time ORDER BY value, start_time))[1] AS lowest_at,
       (array_agg(start_time ORDER BY value DESC, start_time))[1] AS highest_at,
       max(value) - min(value) AS spread,
       stddev_pop(value) AS deviation,
       avg(abs(change_per_hour)) AS mean_change_per_hour,
       max(abs(change_per_hour)) AS highest_change_per_hour,
       stddev_pop(change) AS volatility
FROM wattbeam.grid_changes
GROUP BY source, area, name, kind, unit, local_day, zone;
COMMENT ON VIEW wattbeam.grid_days IS
  'Local days of each series: mean over time, peaks, change rate; volatility is the standard deviation of the changes from span to span.';

-- One pass and no join: a planner without statistics would compare each row with each.
CREATE VIEW wattbeam.grid_forecast_errors AS
SELECT source, area, name, kind, unit, zone, local_day, start_time, end_time,
       value AS forecast, actual, value - actual AS error
FROM (
  SELECT source, area, name, kind, unit, zone, local_day, start_time, end_time, value,
         max(value) FILTER (WHERE kind = 'actual')
           OVER (PARTITION BY source, area, name, start_time, end_time) AS actual
  FROM wattbeam.grid_series) both_kinds
WHERE kind <> 'actual' AND actual IS NOT NULL;
COMMENT ON VIEW wattbeam.grid_forecast_errors IS
  'Forecasts beside what came of them; error above zero: the forecast was too high.';

CREATE VIEW wattbeam.grid_forecast_days AS
SELECT source, area, name, kind, unit, local_day,
       count(*) AS spans,
       avg(error) AS bias,
       avg(abs(error)) AS mae,
       sqrt(avg(error * error)) AS rmse,
       sum(abs(error)) / nullif(sum(abs(actual)), 0) AS wape,
       max(abs(error)) AS worst
FROM wattbeam.grid_forecast_errors
GROUP BY source, area, name, kind, unit, local_day;
COMMENT ON VIEW wattbeam.grid_forecast_days IS 'How good each forecast was, per local day.';

CREATE VIEW wattbeam.carbon_days AS
SELECT source, area, local_day, max(coverage) AS coverage, max(mean) AS mean,
       max(lowest) AS lowest, max(lowest_at) AS lowest_at,
       max(highest) AS highest, max(highest_at) AS highest_at,
       max(spread) AS spread, max(deviation) AS deviation,
       max(mean_change_per_hour) AS mean_change_per_hour, max(volatility) AS volatility,
       max(bias) AS forecast_bias, max(mae) AS forecast_mae, max(wape) AS forecast_wape,
       sum(hours) FILTER (WHERE band = 1) AS very_low_hours,
       sum(hours) FILTER (WHERE band = 2) AS low_hours,
       sum(hours) FILTER (WHERE band = 3) AS moderate_hours,
       sum(hours) FILTER (WHERE band = 4) AS high_hours,
       sum(hours) FILTER (WHERE band = 5) AS very_high_hours
FROM (
  SELECT source, area, local_day, coverage, mean, lowest, lowest_at, highest, highest_at, spread,
         deviation, mean_change_per_hour, volatility,
         NULL::double precision AS bias, NULL::double precision AS mae,
         NULL::double precision AS wape, NULL::double precision AS band,
         NULL::double precision AS hours
  FROM wattbeam.grid_days WHERE name = 'carbon-intensity' AND kind = 'actual'
  UNION ALL
  SELECT source, area, local_day, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
         bias, mae, wape, NULL, NULL
  FROM wattbeam.grid_forecast_days WHERE name = 'carbon-intensity' AND kind = 'forecast'
  UNION ALL
  SELECT source, area, local_day, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
         NULL, NULL, NULL, value, extract(epoch FROM end_time - start_time)::double precision / 3600
  FROM wattbeam.grid_series WHERE name = 'carbon-index' AND kind = 'actual') parts
GROUP BY source, area, local_day
HAVING max(mean) IS NOT NULL;
COMMENT ON VIEW wattbeam.carbon_days IS
  'Carbon intensity of the grid per local day, gCO2/kWh, with the error of its forecast and the hours in each band of the index.';

CREATE VIEW wattbeam.grid_years AS
SELECT source, area, name, extract(year FROM local_day)::integer AS local_year,
       sum(value * extract(epoch FROM end_time - start_time)::double precision) / 3600 AS mwh,
       sum(extract(epoch FROM end_time - start_time)::double precision) / 3600 AS hours
FROM wattbeam.grid_series
WHERE unit = 'MW' AND kind = 'actual'
GROUP BY source, area, name, extract(year FROM local_day);
COMMENT ON VIEW wattbeam.grid_years IS
  'Energy per local year of what is measured in MW, and the hours that it is known for.';

CREATE VIEW wattbeam.grid_balance AS
SELECT source, area, start_time, end_time,
       sum(value) FILTER (WHERE name = 'consumption') AS consumption,
       sum(value) FILTER (WHERE name <> 'consumption') AS supply,
       sum(value) FILTER (WHERE name = 'consumption')
         - sum(value) FILTER (WHERE name <> 'consumption') AS difference
FROM wattbeam.grid_series
WHERE kind = 'actual'
  AND (name IN ('consumption', 'pumping', 'exchange.physical') OR name LIKE 'generation.%')
GROUP BY source, area, start_time, end_time;
COMMENT ON VIEW wattbeam.grid_balance IS
  'Consumption against generation, pumping and physical exchange, MW: rounding apart they are equal.';

-- Rights ------------------------------------------------------------------------------------------
GRANT SELECT, INSERT, UPDATE ON wattbeam.grid_signals, wattbeam.grid_areas TO wattbeam_pipeline;
GRANT SELECT ON
  wattbeam.grid_signals, wattbeam.grid_areas, wattbeam.grid_series, wattbeam.grid_changes,
  wattbeam.grid_days, wattbeam.grid_forecast_errors, wattbeam.grid_forecast_days,
  wattbeam.carbon_days, wattbeam.grid_years, wattbeam.grid_balance
  TO wattbeam_pipeline, wattbeam_reader;
