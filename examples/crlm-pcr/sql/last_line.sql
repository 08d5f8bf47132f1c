-- One row a patient with preoperative chemotherapy: the last line before the index operation and its first day.
--
-- Rule: the response of interest is the one to the chemotherapy that led to surgery, not to lines that failed
-- before it. Source: the published study, "response to the last-line chemotherapy".
select
  preoperative_cycles.patient_id,
  preoperative_cycles.line,
  min(preoperative_cycles.start_date) as line_start
from preoperative_cycles
join (
  select patient_id, max(line) as line
  from preoperative_cycles
  group by patient_id
) as latest
  on latest.patient_id = preoperative_cycles.patient_id
  and latest.line = preoperative_cycles.line
group by preoperative_cycles.patient_id, preoperative_cycles.line
