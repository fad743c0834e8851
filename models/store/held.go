package store

import (
	"context"

	"healthcode/models"
)

// Held is everything that is held about a resident.
type Held struct {
	Resident     models.Resident
	Standing     models.Standing
	Declarations []models.Declaration
	Decisions    []models.Decision
	Reviews      []models.Review
	Appeals      []Objection
	Arrivals     []Coming
	Notices      []Told
	Course       models.Course
	Tests        []models.Test
	Visits       []models.Visit
	Prints       []models.Print // cards on paper
	Fed          []models.Trace // what telecom operators say, while the resident agrees
	Consents     []models.Consent
	Sessions     []models.Session
	Accesses     []models.Access
}

// Held gathers everything that is held about the resident, for them to see.
func (s *Store) Held(ctx context.Context, me models.Resident) (Held, error) {
	out := Held{Resident: me}
	var err error
	for _, gather := range []func() error{
		func() error { out.Standing, err = s.Standing(ctx, me.ID); return err },
		func() error { out.Declarations, err = s.Declarations(ctx, me); return err },
		func() error { out.Decisions, err = s.Decisions(ctx, me); return err },
		func() error { out.Reviews, err = s.Reviews(ctx, me); return err },
		func() error { out.Appeals, err = s.Appeals(ctx, me); return err },
		func() error { out.Arrivals, err = s.Arrivals(ctx, me); return err },
		func() error { out.Notices, err = s.Notices(ctx, me); return err },
		func() error { out.Course, err = s.Course(ctx, me); return err },
		func() error { out.Tests, err = s.Tests(ctx, me); return err },
		func() error { out.Visits, err = s.Visits(ctx, me); return err },
		func() error { out.Prints, err = s.Prints(ctx, me); return err },
		func() error { out.Fed, err = s.reader(ctx).fed(me.ID); return err },
		func() error { out.Consents, err = s.Consents(ctx, me); return err },
		func() error { out.Sessions, err = s.Sessions(ctx, me); return err },
		func() error { out.Accesses, err = s.Accesses(ctx, me); return err },
	} {
		if err := gather(); err != nil {
			return Held{}, err
		}
	}
	return out, nil
}
