-- One row a patient: RAS, mutated when KRAS or NRAS is.
--
-- Wild type needs both genes tested; one mutation settles it although the other gene is unknown.
-- Source: Allegra et al. 2016 (ASCO opinion on extended RAS testing), doi:10.1200/JCO.2015.63.9674.
select
  patient_id,
  case
    when kras = 'mutated' or nras = 'mutated' then 'mutated'
    when kras = 'wild' and nras = 'wild' then 'wild'
  end as ras_status
from patients
