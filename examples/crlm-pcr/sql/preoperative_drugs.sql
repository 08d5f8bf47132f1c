-- One row a drug of a preoperative cycle and route: the list in `drugs`, unfolded.
select
  patient_id,
  cycle,
  line,
  start_date,
  route,
  unnest(string_to_array(drugs, ';')) as drug
from preoperative_cycles
