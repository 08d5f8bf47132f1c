-- One row a patient and analyte: the last laboratory result before the index date.
--
-- Samples without a result are passed over. Samples of the index day itself count only where `same_day` says so.
-- Parameter window_days = 36500: oldest sample that counts (a choice of the study; 36500 is without limit)
-- Parameter same_day = false: samples of the index day count (a choice of the study; an operation raises or lowers them)
-- Source: the table `labs` of the registry model.
select patient_id, analyte, sample_date, value, days_between(sample_date, index_date) as days_before
from (
  -- A window over all samples would sort them; a group keeps one.
  select
    laboratory_value.patient_id,
    laboratory_value.analyte,
    max(laboratory_value.sample_date) as sample_date,
    first_value(laboratory_value.value order by laboratory_value.sample_date desc, laboratory_value.value desc) as value,
    min(index_date.index_date) as index_date
  from laboratory_value
  join index_date on index_date.patient_id = laboratory_value.patient_id
  where laboratory_value.value is not null
    and (laboratory_value.sample_date < index_date.index_date
      or ($same_day and laboratory_value.sample_date = index_date.index_date))
    and days_between(laboratory_value.sample_date, index_date.index_date) <= $window_days
  group by laboratory_value.patient_id, laboratory_value.analyte
) as samples
