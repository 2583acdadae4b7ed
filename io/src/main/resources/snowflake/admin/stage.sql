-- Run by an administrator (ACCOUNTADMIN) where LoadMessages is used, after admin/roles.sql. Not run by WattBeam's tests.
-- Replace the role of AWS and the bucket. The role needs s3:GetObject, s3:GetObjectVersion and s3:ListBucket there.
USE ROLE ACCOUNTADMIN;

CREATE STORAGE INTEGRATION IF NOT EXISTS WATTBEAM_STAGE
  TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = TRUE
  STORAGE_AWS_ROLE_ARN = 'REPLACE_BY_THE_ARN_OF_THE_ROLE'
  STORAGE_ALLOWED_LOCATIONS = ('s3://REPLACE_BY_THE_BUCKET/wattbeam/');

-- STORAGE_AWS_IAM_USER_ARN and STORAGE_AWS_EXTERNAL_ID of its answer go into the trust policy of that role.
DESC STORAGE INTEGRATION WATTBEAM_STAGE;

GRANT USAGE ON INTEGRATION WATTBEAM_STAGE TO ROLE WATTBEAM_LOADER;
