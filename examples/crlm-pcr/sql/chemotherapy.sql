-- One row a patient with preoperative chemotherapy: cycles and drugs.
--
-- Rules: a cycle is counted once although an infusion with a systemic drug has two rows, hence distinct numbers.
-- A drug was received when any preoperative cycle has it. Oxaliplatin and irinotecan are counted by the systemic
-- route only: infused into the hepatic artery they are a treatment of their own, which has its own column.
-- Source: the published study, preoperative chemotherapy.
select
  patient_id,
  count(distinct cycle) as cycles,
  max(line) as lines,
  min(start_date) as first_cycle_date,
  max(start_date) as last_cycle_date,
  bool_or(route = 'systemic' and drug = 'oxaliplatin') as received_oxaliplatin,
  bool_or(route = 'systemic' and drug = 'irinotecan') as received_irinotecan,
  bool_or(drug = 'bevacizumab') as received_bevacizumab,
  bool_or(drug = 'cetuximab') as received_cetuximab,
  bool_or(drug in ('bevacizumab', 'cetuximab')) as received_targeted,
  bool_or(drug = 'pembrolizumab') as received_immunotherapy,
  bool_or(route = 'hai') as received_hai
from preoperative_drugs
group by patient_id
