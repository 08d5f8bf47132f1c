-- One row a patient: RAS, mutated when KRAS or NRAS is.
--
-- Rule: wild type needs both genes tested; one mutation settles it although the other gene is unknown.
-- Source: the published study, gene testing.
select
  patient_id,
  case
    when kras = 'mutated' or nras = 'mutated' then 'mutated'
    when kras = 'wild' and nras = 'wild' then 'wild'
  end as ras_status
from patients
