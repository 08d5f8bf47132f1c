-- One row a patient with an index date: grade of Iwatsuki, 1 to 6.
--
-- Grade 1 and one more for each of: many metastases; largest above the border; a short time from the primary tumour to the
-- metastasis; both lobes. A positive margin or extrahepatic disease gives grade 6 whatever else is known. The factors, the
-- number and the time are those of the paper's abstract; the border of size, the count of the grade and grade 6 are given
-- as reviews cite them: compare them with the paper before relying on them.
-- Parameter number_from = 3: fewest metastases that count (the abstract: three or more)
-- Parameter size_from_mm = 80: largest size that does not count (8 cm as reviews cite it; not seen in the paper)
-- Parameter interval_months = 30: longest time that counts (the abstract: 30 months or less)
-- Source: Iwatsuki et al. 1999, doi:10.1016/S1072-7515(99)00089-7.
with points as (
  select
    patient_id,
    margin_positive or extrahepatic as lethal,
    cast(liver_lesions >= $number_from as bigint) as number_point,
    cast(largest_mm > $size_from_mm as bigint) as size_point,
    cast(
      liver_metastasis_date <= primary_diagnosis_date + cast('$interval_months months' as interval) as bigint
    ) as interval_point,
    cast(bilobar as bigint) as lobes_point
  from score_input
),
grades as (
  select
    *,
    case
      when lethal then 6
      when not lethal then 1 + number_point + size_point + interval_point + lobes_point
    end as iwatsuki_grade
  from points
)
select
  patient_id,
  lethal,
  number_point,
  size_point,
  interval_point,
  lobes_point,
  iwatsuki_grade,
  case when iwatsuki_grade is null then concat(
    'not computable: unknown',
    case when lethal is null then ' margin or extrahepatic disease;' else '' end,
    case when number_point is null then ' number;' else '' end,
    case when size_point is null then ' size;' else '' end,
    case when interval_point is null then ' interval;' else '' end,
    case when lobes_point is null then ' lobes;' else '' end
  ) end as iwatsuki_grade_reason
from grades
