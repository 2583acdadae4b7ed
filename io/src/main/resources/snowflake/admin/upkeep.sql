-- Optional, run by an administrator when wanted. Not run by WattBeam's tests.
USE ROLE WATTBEAM_OWNER;
USE DATABASE WATTBEAM;
USE WAREHOUSE WATTBEAM_LOAD;

-- What loads that were killed left on the stage; the next run has staged those rows under its own name. While none runs:
REMOVE @RAW.LOADING;

-- Where readers ask MART all day long: the same rows, kept by Snowflake.
CREATE DYNAMIC TABLE IF NOT EXISTS MART.CARBON_DAYS_KEPT
  TARGET_LAG = '1 hour' WAREHOUSE = WATTBEAM_READ
AS SELECT * FROM MART.CARBON_DAYS;

-- Where days of messages were loaded several times: what readers do not see anyway. While no LoadMessages runs:
INSERT OVERWRITE INTO RAW.MESSAGES
SELECT * FROM RAW.MESSAGES
QUALIFY ROW_NUMBER() OVER (PARTITION BY TOPIC, KAFKA_PARTITION, KAFKA_OFFSET ORDER BY RUN) = 1;
