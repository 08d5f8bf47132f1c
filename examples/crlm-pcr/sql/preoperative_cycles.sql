-- One row a cycle and route before the index operation.
--
-- Rule: a cycle that starts after the operation is adjuvant and cannot have caused a response seen in the specimen.
select
  treatments.patient_id,
  treatments.cycle,
  treatments.line,
  treatments.start_date,
  treatments.regimen,
  treatments.drugs,
  treatments.route
from treatments
join index_operations on index_operations.patient_id = treatments.patient_id
where treatments.start_date < index_operations.operation_date
