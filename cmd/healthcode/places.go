package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/goccy/go-yaml"

	"healthcode/models"
	"healthcode/models/store"
)

type placesCommand struct {
	File string `arg:"" help:"YAML with the jurisdictions, their communities and venues; docs/deploy.md has the form."`
}

// placesFile is the part of the tree that a file adds.
type placesFile struct {
	Jurisdictions []struct {
		Code        string      `yaml:"code"`
		Parent      string      `yaml:"parent"`
		Name        models.Text `yaml:"name"`
		Communities []struct {
			Name   models.Text   `yaml:"name"`
			Phone  string        `yaml:"phone"`
			Venues []placesVenue `yaml:"venues"`
		} `yaml:"communities"`
	} `yaml:"jurisdictions"`
}

// placesVenue is a venue as a file has it; one of no kind is a door.
type placesVenue struct {
	ZH   string           `yaml:"zh"`
	EN   string           `yaml:"en"`
	Kind models.VenueKind `yaml:"kind"`
}

// Run adds the places and prints the ids that invitations need. A jurisdiction
// that is there already is refused, and nothing after it is added.
func (c placesCommand) Run(at surroundings) error {
	body, err := os.ReadFile(c.File)
	if err != nil {
		return errors.New("the file cannot be read")
	}
	var file placesFile
	if err := yaml.UnmarshalWithOptions(body, &file, yaml.Strict()); err != nil {
		return fmt.Errorf("the file cannot be read: %w", err)
	}
	s, err := open(at)
	if err != nil {
		return err
	}
	defer s.close()
	for _, j := range file.Jurisdictions {
		place := models.Jurisdiction{Code: j.Code, Parent: j.Parent, Name: j.Name, TimeZone: s.config.Zone.String()}
		if err := s.store.AddJurisdiction(at.ctx, operatorPlaces, place); err != nil {
			return fmt.Errorf("jurisdiction %s: %w", j.Code, err)
		}
		fmt.Fprintf(at.out, "jurisdiction %s  %s\n", j.Code, j.Name.In(models.English))
		for _, community := range j.Communities {
			id, err := s.store.AddCommunity(at.ctx, operatorPlaces, models.Community{Jurisdiction: j.Code, Name: community.Name, Phone: community.Phone})
			if err != nil {
				return err
			}
			fmt.Fprintf(at.out, "community %s  %s\n", id, community.Name.In(models.English))
			if err := addVenues(at, s.store, models.Venue{Jurisdiction: j.Code, CommunityID: id}, community.Venues); err != nil {
				return err
			}
		}
	}
	return nil
}

var operatorPlaces = models.Operator("places")

func addVenues(at surroundings, s *store.Store, in models.Venue, venues []placesVenue) error {
	for _, venue := range venues {
		in.Name, in.Kind = models.Text{models.Chinese: venue.ZH, models.English: venue.EN}, venue.Kind
		v, err := s.AddVenue(at.ctx, operatorPlaces, in)
		if err != nil {
			return fmt.Errorf("venue %s: %w", venue.EN, err)
		}
		fmt.Fprintf(at.out, "venue %s  %s, %s\n", v.ID, venue.EN, v.Kind)
	}
	return nil
}
