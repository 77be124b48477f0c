/** Questions people ask first. */
export const SAMPLES = [
  {
    title: 'Which calls were made most?',
    sql: `SELECT event_source, event_name, count(*) AS calls, count(error_code) AS errors
FROM cloudtrail
GROUP BY ALL
ORDER BY calls DESC
LIMIT 100`,
  },
  {
    title: 'Who used root?',
    sql: `SELECT event_time, recipient_account_id, event_name, source_ip_address, user_agent
FROM cloudtrail
WHERE user_identity_type = 'Root'
ORDER BY event_time DESC
LIMIT 200`,
  },
  {
    title: 'Who was refused most?',
    sql: `SELECT user_identity_arn, event_name, error_code, count(*) AS refusals, max(event_time) AS last
FROM cloudtrail
WHERE error_code IN ('AccessDenied', 'UnauthorizedOperation', 'Client.UnauthorizedOperation')
GROUP BY ALL
ORDER BY refusals DESC
LIMIT 100`,
  },
  {
    title: 'First use of a Region',
    sql: `SELECT recipient_account_id, aws_region, min(event_time) AS first_used, count(*) AS calls
FROM cloudtrail
GROUP BY ALL
ORDER BY first_used DESC
LIMIT 100`,
  },
  {
    title: 'Calls per hour',
    sql: `SELECT date_trunc('hour', event_time) AS hour, count(*) AS calls, count(error_code) AS errors
FROM cloudtrail
GROUP BY ALL
ORDER BY hour`,
  },
  {
    title: 'Where does a principal come from?',
    sql: `SELECT user_identity_arn, source_ip_address, count(*) AS calls, min(event_time) AS first, max(event_time) AS last
FROM cloudtrail
WHERE user_identity_arn IS NOT NULL
GROUP BY ALL
ORDER BY first DESC
LIMIT 200`,
  },
  {
    title: 'Since when is each principal watched?',
    sql: `SELECT recipient_account_id, actor_key, min(event_time) AS since, min(event_time) + INTERVAL 7 DAYS AS learned_from,
  max(event_time) >= min(event_time) + INTERVAL 7 DAYS AS learned, count(DISTINCT event_name) AS actions
FROM cloudtrail
WHERE user_identity_type <> 'AWSService'
GROUP BY ALL
ORDER BY since DESC
LIMIT 200`,
  },
  {
    title: 'Who assumed which role?',
    sql: `SELECT event_time, user_identity_arn, json_extract_string(raw, '$.requestParameters.roleArn') AS role, source_ip_address
FROM cloudtrail
WHERE event_name LIKE 'AssumeRole%'
ORDER BY event_time DESC
LIMIT 200`,
  },
  {
    title: 'Which state machines fail?',
    sql: `SELECT state_machine_arn, type, error, count(*) AS times, max(event_time) AS last
FROM executions
WHERE type LIKE '%Failed' OR type LIKE '%TimedOut'
GROUP BY ALL
ORDER BY times DESC
LIMIT 100`,
  },
  {
    title: 'Findings by detection and severity',
    sql: `SELECT detection, severity, count(*) AS findings, max(last_time) AS last
FROM findings
WHERE state = 'open'
GROUP BY ALL
ORDER BY findings DESC`,
  },
];
